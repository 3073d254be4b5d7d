"""The database's own rules, by table: each of these triggers must be there and ENABLE ALWAYS.

Kept apart from the migrations on purpose: a rule that somebody drops, or a migration forgets, must be missed.
"""

from typing import Final

RULES: Final[dict[str, tuple[str, ...]]] = {
    "audit_access": ("a_guard", "a_stamp", "refuse_truncate"),
    "audit_access_default": ("a_guard", "a_stamp", "refuse_truncate"),
    "audit_accessbatch": ("a_stamp", "refuse_change", "refuse_truncate", "z_event"),
    "audit_checkpoint": ("refuse_change", "refuse_truncate"),
    "audit_content": ("refuse_change", "refuse_truncate"),
    "audit_event": ("a_frozen", "a_stamp", "b_chain", "refuse_change", "refuse_truncate", "z_case"),
    "audit_leaf": ("a_event", "refuse_change", "refuse_truncate"),
    "audit_log": ("a_empty", "a_grows", "b_follows"),
    "audit_tile": ("refuse_change", "refuse_truncate"),
    "tasks_escalation": ("refuse_change", "refuse_truncate"),
    "tasks_task": ("a_guard", "b_pool", "refuse_truncate", "y_holder", "z_event"),
    "vault.identity": ("refuse_change",),
    "vault.truth": ("refuse_change",),
    "workflow_acknowledgement": ("refuse_change", "refuse_truncate", "z_event"),
    "workflow_arbitration": ("refuse_change", "refuse_truncate", "y_part", "z_event"),
    "workflow_case": (
        *("a_move", "b_for", "b_gate", "b_needs", "b_stays", "refuse_truncate"),
        *("z_by_two", "z_label", "z_logged"),
    ),
    "workflow_caseimage": ("a_guard", "b_split", "refuse_truncate", "z_event"),
    "workflow_caseround": ("a_published", "refuse_change", "refuse_truncate", "y_number", "z_event"),
    "workflow_consensusreport": ("refuse_change", "refuse_truncate", "z_event"),
    "workflow_exclusion": ("a_guard", "refuse_truncate", "z_event"),
    "workflow_gatefinding": ("a_guard", "refuse_truncate", "z_event"),
    "workflow_golditem": ("a_guard", "refuse_truncate", "z_event"),
    "workflow_guidelineversion": ("a_guard", "refuse_truncate", "z_event"),
    "workflow_importbatch": ("a_guard", "refuse_truncate"),
    "workflow_instance": ("a_guard", "refuse_truncate"),
    "workflow_membership": ("a_guard", "refuse_truncate", "z_event"),
    "workflow_part": ("a_guard", "b_begins", "refuse_truncate", "y_holder"),
    "workflow_probe": ("b_probe", "refuse_change", "refuse_truncate", "z_event"),
    "workflow_probedue": ("refuse_change", "refuse_truncate"),
    "workflow_probescore": ("b_probe", "refuse_change", "refuse_truncate", "z_event"),
    "workflow_project": ("a_guard",),
    "workflow_protocolversion": ("a_guard", "refuse_truncate", "z_event"),
    "workflow_read": ("refuse_change", "refuse_truncate", "y_part", "z_event"),
    "workflow_recall": ("refuse_change", "refuse_truncate", "z_event"),
    "workflow_referencelabel": ("b_probe", "refuse_change", "refuse_truncate", "z_event"),
    "workflow_review": ("refuse_change", "refuse_truncate", "y_part", "z_event"),
    "workflow_safetyreport": ("a_guard", "refuse_truncate", "z_added", "z_event"),
    "workflow_series": ("a_guard", "refuse_truncate"),
    "workflow_study": ("a_guard", "refuse_truncate"),
    "workflow_training": ("refuse_change", "refuse_truncate", "z_event"),
    "workflow_wave": ("a_guard", "refuse_truncate", "z_event"),
}
