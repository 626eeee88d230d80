"""feedback, and its comments as they are read"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mentoring_session", sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=True),
        sa.Column("pair_id", sa.String(), nullable=False),
        sa.Column("program_id", sa.String(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usefulness", sa.Integer(), nullable=True),
        sa.Column("safety", sa.Integer(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=True),
        sa.Column("went_well", sa.String(), nullable=True),
        sa.Column("to_change", sa.String(), nullable=True),
        sa.Column("share_with_partner", sa.Boolean(), nullable=False),
        sa.Column("share_with_coordinators", sa.Boolean(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["participant.id"], name=op.f("fk_feedback_author_id")),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_feedback_pair_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_feedback_program_id")),
        sa.ForeignKeyConstraint(["session_id"], ["mentoring_session.id"], name=op.f("fk_feedback_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("session_id", "author_id", name=op.f("uq_feedback_session_id_author_id")),
    )
    op.create_index(op.f("ix_feedback_author_id"), "feedback", ["author_id"])
    op.create_index(op.f("ix_feedback_pair_id"), "feedback", ["pair_id"])
    op.create_index("ix_feedback_program_id_held_at", "feedback", ["program_id", "held_at"])
    op.create_table(
        "comment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("feedback_id", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=True),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("reader", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_comment_feedback_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint(
            "feedback_id", "question", "position", name=op.f("uq_comment_feedback_id_question_position")
        ),
    )


def downgrade() -> None:
    op.drop_table("comment")
    op.drop_table("feedback")
    with op.batch_alter_table("mentoring_session") as batch_op:
        batch_op.drop_column("revealed_at")
