"""Who gets in where, as one table over every address of the service.

Each line: methods, address, who gets in, and exceptions. People: n nobody, o an outsider, m manager, a auditor,
h the annotator who holds the task, b another, c one who is the safety contact, j junior reviewer, s senior arbiter;
M A B J S the same roles of another project. `all` is everybody, `signed` everybody who is signed in. Whoever isn't
named is asked to sign in (n; 401 at the API), finds nothing (o and the other project's: 404), or is told that they
may not (403). An exception says otherwise: `hb=404`.
"""

from typing import Any

from tests.dicomweb import rows

TABLE = """
GET       /healthz                                                 all
GET       /readyz                                                  all
GET       /metrics                                                 -         all=403
GET,POST  /accounts/login/                                         all
GET,POST  /accounts/logout/                                        signed    POST:signed=sign_in
GET       /accounts/inactive/                                      all
GET,POST  /accounts/reauthenticate/                                signed
GET,POST  /accounts/password/change/                               signed
GET,POST  /accounts/password/set/                                  signed
GET,POST  /accounts/signup/                                        all
GET,POST  /accounts/password/reset/                                all
GET       /accounts/password/reset/sent/                           all
GET,POST  /accounts/password/reset/key/1-abc/                      all
GET       /accounts/password/reset/done/                           all
GET       /accounts/2fa/                                           signed
GET,POST  /accounts/2fa/authenticate/                              signed
GET,POST  /accounts/2fa/reauthenticate/                            signed
GET,POST  /accounts/2fa/totp/activate/                             signed
GET,POST  /accounts/2fa/totp/deactivate/                           -         signed=404
GET       /accounts/2fa/recovery-codes/                            -         signed=404
GET,POST  /accounts/2fa/recovery-codes/generate/                   signed
GET       /accounts/2fa/recovery-codes/download/                   -         signed=404
GET       /accounts/2fa/webauthn/                                  signed
GET,POST  /accounts/2fa/webauthn/add/                              signed
GET,POST  /accounts/2fa/webauthn/reauthenticate/                   signed
GET,POST  /accounts/2fa/webauthn/keys/1/remove/                    signed
GET,POST  /accounts/2fa/webauthn/keys/1/edit/                      signed
GET,POST  /accounts/2fa/webauthn/login/                            signed
GET       /accounts/provider/cancelled/                            all
GET       /accounts/provider/error/                                -         all=401
GET,POST  /accounts/oidc/house/login/                              -         all=404
GET,POST  /accounts/oidc/house/login/callback/                     -         all=404
GET       /api/v1/schema                                           all
GET       /api/v1/docs                                             all
GET       /api/v1/tokens                                           signed
POST      /api/v1/tokens                                           -         all=401
POST      /api/v1/tokens/{token}/revoke                            h         mabcjs=404
GET       /api/v1/me                                               signed
GET       /api/v1/projects                                         signed
GET       /api/v1/projects/chest                                   mahbcjs
POST      /api/v1/projects/chest/cases                             m
GET       /api/v1/projects/chest/guideline-versions                mahbcjs
POST      /api/v1/projects/chest/guideline-versions                m
GET       /api/v1/projects/chest/guideline-versions/1              mahbcjs
GET       /api/v1/projects/chest/guideline-versions/2              ma        hbcjs=404
POST      /api/v1/projects/chest/guideline-versions/2/publish      m
POST      /api/v1/projects/chest/guideline-versions/1/acknowledge  mahbcjs
GET       /api/v1/projects/chest/protocol-versions                 ma
POST      /api/v1/projects/chest/protocol-versions                 m
GET       /api/v1/projects/chest/protocol-versions/1               ma
POST      /api/v1/projects/chest/protocol-versions/2/publish       m
GET       /api/v1/projects/chest/settings                          ma
PATCH     /api/v1/projects/chest/settings                          m
GET       /api/v1/projects/chest/statements                        mahbcjs
GET       /api/v1/projects/chest/staffing                          ma
POST      /api/v1/projects/chest/priorities                        m
GET       /api/v1/projects/chest/forecast                          ma
GET,POST  /api/v1/projects/chest/controls                          m
POST      /api/v1/projects/chest/controls/{control}/retire         m
GET,POST  /api/v1/projects/chest/models                            m
POST      /api/v1/projects/chest/models/{model}/retire             m
GET,POST  /api/v1/projects/chest/models/{model}/predictions        m
GET       /api/v1/projects/chest/models/{model}/assistance         m
GET       /api/v1/projects/chest/waves                             ma
POST      /api/v1/projects/chest/waves                             m
GET       /api/v1/projects/chest/waves/{wave}                      ma
POST      /api/v1/projects/chest/waves/{wave}/revise               m
POST      /api/v1/projects/chest/waves/{wave}/open                 m
POST      /api/v1/projects/chest/waves/{wave}/close                m
GET       /api/v1/projects/chest/datasets                          ma
POST      /api/v1/projects/chest/datasets                          m
GET       /api/v1/projects/chest/datasets/{dataset}                ma
POST      /api/v1/projects/chest/datasets/{dataset}/compose        m
POST      /api/v1/projects/chest/datasets/{dataset}/lock           m
POST      /api/v1/projects/chest/datasets/{dataset}/withdraw       m
GET       /api/v1/projects/chest/datasets/{dataset}/cases          ma
GET       /api/v1/projects/chest/datasets/{dataset}/differences    ma
GET       /api/v1/projects/chest/imports                           ma
POST      /api/v1/projects/chest/imports                           m
GET       /api/v1/projects/chest/imports/{import}                  ma
POST      /api/v1/projects/chest/imports/{import}/submit           m
POST      /api/v1/projects/chest/imports/{import}/withdraw         m
GET       /api/v1/projects/chest/imports/{import}/cases            ma
GET       /api/v1/projects/chest/imports/{import}/files            ma
POST      /api/v1/projects/chest/imports/{import}/files            m
GET       /api/v1/projects/chest/imports/{import}/files/1          ma
PUT       /api/v1/projects/chest/imports/{import}/files/1          m
GET       /api/v1/projects/chest/gate                              ma
GET       /api/v1/projects/chest/agreement                         ma
GET       /api/v1/projects/chest/figures                           ma
GET       /api/v1/projects/chest/charts/burndown                   ma
GET       /api/v1/projects/chest/what-if                           ma
GET       /api/v1/projects/chest/monitors                          ma
GET       /api/v1/projects/chest/members                           ma
POST      /api/v1/projects/chest/members                           m
GET       /api/v1/projects/chest/members/{member}                  ma
POST      /api/v1/projects/chest/members/{member}/roles            m
POST      /api/v1/projects/chest/members/{member}/declare          m
POST      /api/v1/projects/chest/members/{member}/pause            m
POST      /api/v1/projects/chest/members/{member}/resume           m
POST      /api/v1/projects/chest/members/{member}/leave            m
GET       /api/v1/projects/chest/members/{member}/impact?since=2020-01-01  m
POST      /api/v1/projects/chest/members/{member}/disqualify       m
POST      /api/v1/projects/chest/members/{member}/credentials      m
POST      /api/v1/projects/chest/members/{member}/training         m
POST      /api/v1/projects/chest/members/{member}/close            m
GET       /api/v1/projects/chest/log/checkpoint                    ma
GET       /api/v1/projects/chest/log/events                        a
GET       /api/v1/projects/chest/access                            a
GET       /api/v1/projects/chest/log/proofs/inclusion              a
GET       /api/v1/projects/chest/log/proofs/consistency            ma
GET       /api/v1/cases/{case}/proof                               ma
GET,POST  /api/v1/projects/chest/exports                           ma
GET       /api/v1/exports/{export}                                 ma
GET       /api/v1/exports/{export}/download                        ma
GET       /api/v1/projects/chest/log/checkpoint                    ma
GET       /api/v1/projects/chest/log/events                        a
GET       /api/v1/projects/chest/log/proofs/inclusion?leaf=0       a
GET       /api/v1/projects/chest/log/proofs/consistency?from=1     ma
GET       /api/v1/cases/{case}/proof                               ma
GET       /api/v1/cases                                            signed
GET       /api/v1/cases?project=chest                              ma
GET       /api/v1/cases/{case}                                     ma
GET       /api/v1/cases/{case}/timeline                            ma
GET       /api/v1/cases/{case}/consensus                           ma
GET       /api/v1/cases/{case}/dossier                             ma
POST      /api/v1/cases/{case}/hold                                m
POST      /api/v1/cases/{case}/resume                              m
POST      /api/v1/cases/{case}/exclude                             m
POST      /api/v1/cases/{case}/approve-exclusion                   m
POST      /api/v1/cases/{case}/reinstate                           m
POST      /api/v1/cases/{case}/reopen                              m
POST      /api/v1/cases/{case}/let-in                              m
POST      /api/v1/cases/{case}/priority                            m
GET       /api/v1/tasks                                            signed
GET       /api/v1/tasks?project=chest                              mahbcjs
POST      /api/v1/tasks/claim                                      hbcjs
POST      /api/v1/tasks/assign                                     m
POST      /api/v1/tasks/rebalance                                  m
POST      /api/v1/tasks/withdraw                                   m
GET       /api/v1/tasks/{task}                                     h         bcjs=404
GET       /api/v1/tasks/{other_task}                               -         hbcjs=404
POST      /api/v1/tasks/{task}/heartbeat                           h         bcjs=409
POST      /api/v1/tasks/{task}/draft                               h         bcjs=409
POST      /api/v1/tasks/{task}/submit                              h
POST      /api/v1/tasks/{task}/commit                              h
POST      /api/v1/tasks/{task}/release                             h
POST      /api/v1/tasks/{task}/skip                                h
POST      /api/v1/tasks/{task}/links                               h         bcjs=404
POST      /api/v1/tasks/{done_task}/recall                         h
POST      /api/v1/tasks/{task}/report                              h
POST      /api/v1/tasks/{task}/issues                              h
GET       /api/v1/projects/chest/issues                            m
POST      /api/v1/issues/{issue}/answer                            m
GET       /api/v1/safety                                           signed
GET       /api/v1/safety/{report}                                  mac
POST      /api/v1/safety/{report}/acknowledge                      c
GET,POST,PUT,PATCH,DELETE  /api/nowhere                            -         all=404
GET       /                                                        signed
GET       /work/                                                   signed
POST      /work/next                                               hbcjs
GET,POST  /work/guidelines/chest/1/                                mahbcjs
GET       /work/guidelines/chest/1/examples/1                      -         mahbcjs=404  # it has no image
GET,POST  /work/guidelines/chest/2/                                -         mahbcjs=404
GET       /work/tasks/{task}/                                      h         bcjs=404
GET       /work/tasks/{other_task}/                                -         hbcjs=404
GET       /work/tasks/{task}/images                                h         n=401 bcjs=404
GET       /work/tasks/{other_task}/images                          -         n=401 hbcjs=404
POST      /work/tasks/{task}/submit                                h         bcjs=404
POST      /work/tasks/{task}/commit                                h         bcjs=404
POST      /work/tasks/{task}/leave                                 h         bcjs=404
POST      /work/tasks/{task}/findings                              h         bcjs=404
POST      /work/tasks/{task}/draft                                 h         n=401 bcjs=409
POST      /work/tasks/{task}/outside                               h         bcjs=404
POST      /work/tasks/{task}/heartbeat                             h         n=401 bcjs=409
POST      /work/tasks/{task}/ahead                                 h         n=401 bcjs=409
POST      /work/tasks/{task}/release                               h
POST      /work/tasks/{task}/skip                                  h
POST      /work/tasks/{done_task}/recall                           hbcjs     # others read in a message why not
POST      /work/tasks/{task}/report                                hbcjs     # others read in the dialog why not
GET,POST  /work/display/chest/                                     hbcjs
GET       /work/feedback/                                          signed
GET       /work/issues/                                            signed
POST      /work/tasks/{task}/issue                                 hbcjs     # others read in the dialog why not
GET       /projects/                                               signed
GET       /projects/chest/                                         m
POST      /projects/chest/figures/                                 m
GET       /projects/chest/cases/                                   m
GET       /projects/chest/cases/?format=csv                        m
GET       /projects/chest/issues/                                  m
GET       /projects/chest/issues/?format=csv                       m
GET,POST  /projects/chest/issues/{issue}/                          m
GET       /projects/chest/issues/{issue}/picture                   m         m=404
GET,POST  /projects/chest/cases/import/                            m
GET,POST  /projects/chest/cases/together/?do=hold&case={case}      m
GET       /projects/chest/cases/{case}/                            m
GET       /projects/chest/cases/{case}/dossier/                    m
GET       /projects/chest/cases/{case}/tlog-proof                  m
GET       /projects/chest/cases/{case}/images/                     m
GET,POST  /projects/chest/cases/{case}/let-in/                     m
GET,POST  /projects/chest/cases/{case}/hold/                       m
GET,POST  /projects/chest/cases/{case}/resume/                     m
GET,POST  /projects/chest/cases/{case}/exclude/                    m
GET,POST  /projects/chest/cases/{case}/approve-exclusion/          m
GET,POST  /projects/chest/cases/{case}/reinstate/                  m
GET,POST  /projects/chest/cases/{case}/reopen/                     m
GET,POST  /projects/chest/cases/{case}/priority/                   m
GET       /projects/chest/imports/                                 m
GET,POST  /projects/chest/imports/new/                             m
GET       /projects/chest/imports/{import}/                        m
GET       /projects/chest/imports/{import}/files/                  m
POST      /projects/chest/imports/{import}/submit/                 m
GET,POST  /projects/chest/imports/{import}/withdraw/               m
GET       /projects/chest/gate/                                    m
GET       /projects/chest/images/{image}/thumbnail                 m         m=404
GET       /projects/chest/images/{image}/preview                   m         m=404
GET       /projects/chest/work/                                    m
GET,POST  /projects/chest/workload/                                m
GET,POST  /projects/chest/work/{task}/                             m
GET       /projects/chest/quality/                                 m
GET       /projects/chest/quality/watch/                           m
GET       /projects/chest/what-if/                                 m
GET       /projects/chest/protocol/2/what-if/                      m
GET,POST  /projects/chest/settings/                                m
GET       /projects/chest/statements/                              m
GET       /projects/chest/staffing/                                m
GET       /projects/chest/people/                                  m
GET,POST  /projects/chest/people/new/                              m
GET       /projects/chest/people/{member}/                         m
GET,POST  /projects/chest/people/{member}/roles/                   m
GET,POST  /projects/chest/people/{member}/declare/                 m
GET,POST  /projects/chest/people/{member}/pause/                   m
GET,POST  /projects/chest/people/{member}/resume/                  m
GET,POST  /projects/chest/people/{member}/leave/                   m
GET,POST  /projects/chest/people/{member}/disqualify/              m
GET,POST  /projects/chest/people/{member}/credentials/             m
GET,POST  /projects/chest/people/{member}/training/                m
GET,POST  /projects/chest/people/{member}/close/                   m
GET,POST  /work/calibration/chest/                                 hbcjs     POST:hbc=404 POST:js=403
GET       /projects/chest/controls/                                m
GET,POST  /projects/chest/controls/new/                            m
GET,POST  /projects/chest/controls/{control}/                      m
GET       /projects/chest/models/                                  m
GET,POST  /projects/chest/models/new/                              m
GET       /projects/chest/waves/                                   m
GET,POST  /projects/chest/waves/new/                               m
GET       /projects/chest/waves/{wave}/                            m
GET,POST  /projects/chest/waves/{wave}/revise/                     m
POST      /projects/chest/waves/{wave}/open/                       m
GET       /projects/chest/datasets/                                m
GET,POST  /projects/chest/datasets/new/                            m
GET       /projects/chest/datasets/{dataset}/                      m
GET,POST  /projects/chest/datasets/{dataset}/compose/              m
GET,POST  /projects/chest/datasets/{dataset}/next/                 m
POST      /projects/chest/datasets/{dataset}/lock/                 m
GET,POST  /projects/chest/datasets/{dataset}/withdraw/             m
GET       /projects/chest/versions/                                m
POST      /projects/chest/guideline/new/                           m
POST      /projects/chest/protocol/new/                            m
GET       /projects/chest/guideline/1/                             m
GET       /projects/chest/protocol/1/                              m
GET,POST  /projects/chest/guideline/2/edit/                        m
GET,POST  /projects/chest/protocol/2/edit/                         m
GET,POST  /projects/chest/guideline/2/publish/                     m
GET,POST  /projects/chest/protocol/2/publish/                      m
GET,POST  /projects/chest/exports/                                 m
GET       /audit/                                                  signed
GET       /audit/chest/                                            a
GET       /audit/chest/datasets/                                   a
GET       /audit/chest/datasets/{dataset}/                         a
GET,POST  /audit/chest/exports/                                    a
GET       /audit/chest/log/                                        a
GET       /audit/chest/log/{event}/                                a
GET       /audit/chest/access/                                     a
GET       /audit/chest/cases/                                      a
GET       /audit/chest/cases/{case}/                               a
GET       /audit/chest/cases/{case}/dossier/                       a
GET       /audit/chest/cases/{case}/tlog-proof                     a
GET       /audit/chest/quality/                                    a
GET       /audit/chest/quality/watch/                              a
GET       /audit/chest/versions/                                   a
GET       /audit/chest/guideline/1/                                a
GET       /audit/chest/protocol/1/                                 a
GET       /audit/chest/readers/                                    a
GET       /audit/chest/readers/{member}/                           a
GET       /account/                                                signed
GET,POST  /account/keys/                                           signed
POST      /account/looks                                           signed
POST      /account/notices/mail                                    signed
POST      /account/notices/read                                    signed
POST      /account/notices/{notice}/read                           signed    # touches one's own alone
POST      /account/sessions/end                                    signed
POST      /account/lists/chest/project_cases/columns               m
POST      /account/lists/chest/project_cases/views                 m
GET,POST  /account/views/{view}                                    m         ahbcjs=404
GET,POST  /account/tokens/new                                      signed
POST      /account/tokens/{token}/revoke                           signed    # touches one's own alone
GET       /safety/                                                 signed
GET,POST  /safety/{report}                                         mac       POST:mahbjs=403
"""
TABLE += "\n".join(rows()) + "\n"

LEASE = {"token": "{lease}"}
# What is sent where an empty form would be refused before it is seen whose task it is.
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/tasks/claim": {"project": "chest"},
    "/api/v1/projects/chest/priorities": {
        "scored_by": "model 1",
        "scores": [{"external_ref": "case-1", "score": "0.5"}],
    },
    "/api/v1/tasks/assign": {"project": "chest", "tasks": ["{task}"], "to": "{member}"},
    "/api/v1/tasks/rebalance": {"project": "chest", "preview": True},
    "/api/v1/tasks/withdraw": {"project": "chest", "tasks": ["{task}"], "reason_code": "urgent"},
    "/api/v1/tasks/{task}/heartbeat": LEASE,
    "/api/v1/tasks/{task}/draft": {**LEASE, "data": {}},
    "/api/v1/tasks/{task}/submit": {**LEASE, "result": {"labels": {}}},
    "/api/v1/tasks/{task}/commit": {**LEASE, "labels": {}},
    "/api/v1/tasks/{task}/links": {"viewer": "OHIF"},
    "/api/v1/tasks/{task}/release": LEASE,
    "/api/v1/tasks/{task}/skip": {**LEASE, "reason_code": "known_patient"},
    "/api/v1/tasks/{task}/issues": {**LEASE, "kind": "other", "text": "x"},
    "/api/v1/tasks/{task}/report": {**LEASE, "kind": "urgent", "text": "x"},
    "/account/lists/chest/project_cases/views": {"name": "Mine", "state": "state=final"},
    "/projects/chest/cases/together/?do=hold&case={case}": {"do": "hold", "case": "{case}"},
    "/account/looks": {"name": "theme", "value": "dark"},
    "/account/notices/mail": {"manner": "daily"},
    "/work/next": {"project": "chest"},
    "/work/tasks/{task}/skip": {**LEASE, "code": "known_patient"},
    "/api/v1/issues/{issue}/answer": {"text": "x"},
    "/work/tasks/{task}/issue": {**LEASE, "kind": "other", "text": "x"},
    "/work/tasks/{task}/report": {**LEASE, "kind": "urgent", "text": "x"},
    **{
        f"/work/tasks/{{task}}/{act}": LEASE
        for act in ("leave", "commit", "draft", "heartbeat", "ahead", "release")
    },
}
