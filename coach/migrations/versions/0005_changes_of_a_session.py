"""how often a session was moved, and when last"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: on SQLite a batch would make the table anew, while other tables point to it.
    op.add_column("mentoring_session", sa.Column("changes", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("mentoring_session", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("mentoring_session", "changed_at")
    op.drop_column("mentoring_session", "changes")
