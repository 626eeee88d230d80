"""theme reports, and minimums that programs raised"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("program", sa.Column("raised_minimums", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "theme_report",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("program_id", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_theme_report_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_report")),
        sa.UniqueConstraint("program_id", "period", name=op.f("uq_theme_report_program_id_period")),
    )


def downgrade() -> None:
    op.drop_table("theme_report")
    op.drop_column("program", "raised_minimums")
