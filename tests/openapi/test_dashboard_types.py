"""The dashboard's calls have the types of this server's admin API."""

from tools import dashboard_types


def test_the_types_of_the_dashboard_are_those_of_the_admin_api() -> None:
    assert dashboard_types.FILE.read_text() == dashboard_types.written(), (
        "write it anew: python -m tools.dashboard_types"
    )


def test_answers_have_all_their_fields_and_requests_may_leave_out_those_with_a_default() -> None:
    text = dashboard_types.FILE.read_text()
    assert "NewInvitation: { role: " in text
    assert "email_address?: string | null }" in text
    assert "Me: { id: string | null; " in text
