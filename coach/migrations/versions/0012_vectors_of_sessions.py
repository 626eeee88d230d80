"""vectors of what the agendas of sessions will ask"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_vectors",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["mentoring_session.id"], name=op.f("fk_session_vectors_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_vectors")),
    )


def downgrade() -> None:
    op.drop_table("session_vectors")
