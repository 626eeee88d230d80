"""what a meeting was for that was held before the pair planned another number of them"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: on SQLite a batch would make the table anew, while other tables point to it.
    op.add_column("mentoring_session", sa.Column("stage", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("mentoring_session", "stage")
