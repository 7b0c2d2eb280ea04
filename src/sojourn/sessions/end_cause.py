"""The causes of a session's end: a word that its row stores, and a sentence for operators."""

from enum import StrEnum


class EndCause(StrEnum):
    """The values are stored and shown by the command line: new ones may be added, existing ones never change."""

    SIGNED_OUT = "signed_out"
    SIGNED_OUT_OF_ALL = "signed_out_of_all"
    SIGNED_OUT_ELSEWHERE = "signed_out_elsewhere"
    SIGNED_IN_AGAIN = "signed_in_again"
    SINGLE_SESSION = "single_session"
    SESSION_LIMIT = "session_limit"
    REVOKED = "revoked"
    ALL_REVOKED = "all_revoked"
    USER_BANNED = "user_banned"
    USER_LOCKED = "user_locked"
    USER_DELETED = "user_deleted"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_REMOVED = "password_removed"
    PASSWORD_COMPROMISED = "password_compromised"
    ADDRESS_REPLACED = "address_replaced"
    ADDRESS_REMOVED = "address_removed"
    CREDENTIAL_REMOVED = "credential_removed"
    EXPIRED = "expired"
    INACTIVE = "inactive"
    IMPERSONATION_OVER = "impersonation_over"


SENTENCES: dict[EndCause, str] = {
    EndCause.SIGNED_OUT: "The user signed out.",
    EndCause.SIGNED_OUT_OF_ALL: "The user signed out of all accounts in this browser.",
    EndCause.SIGNED_OUT_ELSEWHERE: "The user ended the session from another device, in session {by}.",
    EndCause.SIGNED_IN_AGAIN: "The user signed in again in the same browser.",
    EndCause.SINGLE_SESSION: "A newer sign-in in the same browser took its place (single-session mode).",
    EndCause.SESSION_LIMIT: "A newer session of the user took its place: one user may have only so many.",
    EndCause.REVOKED: "{by} revoked the session.",
    EndCause.ALL_REVOKED: "{by} ended the sessions of all users.",
    EndCause.USER_BANNED: "{by} banned the user.",
    EndCause.USER_LOCKED: "{by} locked the user.",
    EndCause.USER_DELETED: "{by} deleted the user.",
    EndCause.PASSWORD_CHANGED: "{by} changed the password of the user.",
    EndCause.PASSWORD_REMOVED: "{by} removed the password of the user.",
    EndCause.PASSWORD_COMPROMISED: "{by} marked the password of the user as compromised.",
    EndCause.ADDRESS_REPLACED: "{by} replaced an e-mail address of the user.",
    EndCause.ADDRESS_REMOVED: "{by} removed a verified e-mail address of the user, or its verification.",
    EndCause.CREDENTIAL_REMOVED: "{by} removed or replaced a credential of the user.",
    EndCause.EXPIRED: "It reached its maximum lifetime.",
    EndCause.INACTIVE: "It was inactive for {inactivity}.",
    EndCause.IMPERSONATION_OVER: "The time for acting as this user was over.",
}
"""{by} is the actor, {inactivity} the length of the session's inactivity timeout."""
