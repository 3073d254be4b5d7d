"""What the running service and the auditor may do with the workflow's tables; nothing else is granted to anybody."""

from django.db import migrations

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON workflow_project, workflow_membership, workflow_case, workflow_exclusion,
  workflow_notice, workflow_safetyreport TO consilium_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON workflow_part, workflow_guidelineversion, workflow_protocolversion TO consilium_app;
GRANT SELECT, INSERT ON workflow_caseround, workflow_read, workflow_recall, workflow_review, workflow_consensusreport,
  workflow_arbitration, workflow_referencelabel, workflow_acknowledgement, workflow_training TO consilium_app;
GRANT SELECT ON workflow_project, workflow_membership, workflow_case, workflow_exclusion, workflow_part,
  workflow_guidelineversion, workflow_protocolversion, workflow_caseround, workflow_read, workflow_recall,
  workflow_review, workflow_consensusreport, workflow_arbitration, workflow_referencelabel, workflow_acknowledgement,
  workflow_training, workflow_safetyreport TO consilium_auditor;
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0004_people")]
    operations = [migrations.RunSQL(GRANTS)]
