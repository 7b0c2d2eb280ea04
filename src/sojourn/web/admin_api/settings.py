"""Settings of the application: their description, changes with a reason, history, undo, export and import."""

from typing import Annotated

import msgspec
from litestar import Response, get, patch, post
from litestar.params import FromPath
from msgspec import Meta

from sojourn.console.roles import Permission
from sojourn.errors import FieldError, Json
from sojourn.ids import UserId
from sojourn.instances.instance import Instance
from sojourn.instances.settings_change import as_patch, differences
from sojourn.instances.settings_input import patched
from sojourn.instances.settings_warnings import cautions
from sojourn.instant import Instant
from sojourn.web.admin_api.context import AdminContext, Context
from sojourn.web.admin_api.shapes.settings import (
    SettingsDifferences,
    SettingsExport,
    SettingsHistoryPage,
    SettingsShown,
    ShownSettingsChange,
    shown_change,
    shown_differences,
    shown_settings,
)
from sojourn.web.operation import admin
from sojourn.web.parsing.field_types import JsonObject, Millis, millis_instant


class ChangedSettings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`changes` are values by dotted path. With `expected_version`, the version that was read, a setting that somebody else
    changed since is refused with 409 and who changed it; other settings are merged.
    """

    changes: JsonObject
    reason: str = ""
    expected_version: Millis | None = None


class PlannedSettings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Values by dotted path."""

    changes: JsonObject


class ImportedSettings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`settings` is an export, whole or in part; omitted settings are kept. `dry_run` saves nothing."""

    settings: JsonObject
    reason: str = ""
    expected_version: Millis | None = None
    dry_run: bool = False


class Undoing(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`force` also overwrites what later changes set."""

    reason: str = ""
    force: bool = False


class SettingsHistoryQuery(msgspec.Struct, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: str | None = None


@get("/v1/admin/settings", operation_id="admin_read_settings", opt=admin(Permission.SETTINGS_READ, gives=SettingsShown))
async def read_settings(context: Context) -> Response[bytes]:
    return context.json(shown_settings(context.instance))


@patch(
    "/v1/admin/settings",
    operation_id="admin_change_settings",
    opt=admin(Permission.SETTINGS_WRITE, gives=SettingsDifferences, json=ChangedSettings),
)
async def change_settings(context: Context) -> Response[bytes]:
    given = await context.json_body(ChangedSettings)
    return await _saved(context, as_patch(given.changes), given.reason, millis_instant(given.expected_version))


@post(
    "/v1/admin/settings/preview",
    operation_id="admin_preview_settings",
    status_code=200,
    opt=admin(Permission.SETTINGS_READ, gives=SettingsDifferences, json=PlannedSettings),
)
async def preview_settings(context: Context) -> Response[bytes]:
    given = await context.json_body(PlannedSettings)
    return _planned(context, as_patch(given.changes))


@get(
    "/v1/admin/settings/export",
    operation_id="admin_export_settings",
    opt=admin(Permission.SETTINGS_READ, gives=SettingsExport),
)
async def export_settings(context: Context) -> Response[bytes]:
    return context.json(SettingsExport(settings=msgspec.to_builtins(context.instance.settings)))


@post(
    "/v1/admin/settings/import",
    operation_id="admin_import_settings",
    status_code=200,
    opt=admin(Permission.SETTINGS_WRITE, gives=SettingsDifferences, json=ImportedSettings),
)
async def import_settings(context: Context) -> Response[bytes]:
    given = await context.json_body(ImportedSettings)
    if given.dry_run:
        return _planned(context, given.settings)
    return await _saved(context, given.settings, given.reason, millis_instant(given.expected_version))


@get(
    "/v1/admin/settings/history",
    operation_id="admin_list_settings_changes",
    opt=admin(Permission.SETTINGS_READ, gives=SettingsHistoryPage, query=SettingsHistoryQuery),
)
async def list_changes(context: Context) -> Response[bytes]:
    query = context.query(SettingsHistoryQuery)
    before = None if query.cursor is None else _time(query.cursor)
    found = await context.engine.settings_history.list(context.instance, limit=query.limit + 1, before=before)
    shown = found[: query.limit]
    return context.json(
        SettingsHistoryPage(
            data=[shown_change(change, await _name(context, change.actor)) for change in shown],
            next_cursor=str(shown[-1].created_at.millis) if len(found) > query.limit else None,
        )
    )


@get(
    "/v1/admin/settings/history/{change_id:str}",
    operation_id="admin_read_settings_change",
    opt=admin(Permission.SETTINGS_READ, gives=ShownSettingsChange),
)
async def read_change(context: Context, change_id: FromPath[str]) -> Response[bytes]:
    change = await context.engine.settings_history.get(context.instance, change_id)
    return context.json(shown_change(change, await _name(context, change.actor)))


@post(
    "/v1/admin/settings/history/{change_id:str}/undo",
    operation_id="admin_undo_settings_change",
    status_code=200,
    opt=admin(Permission.SETTINGS_WRITE, gives=SettingsDifferences, json=Undoing),
)
async def undo_change(context: Context, change_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(Undoing)
    after = await context.engine.settings_history.undo(
        context.instance, change_id, actor=context.actor, reason=given.reason, forced=given.force
    )
    return _changed(context, context.instance, after)


async def _saved(
    context: AdminContext, patch: dict[str, Json], reason: str, expected: Instant | None
) -> Response[bytes]:
    after = await context.engine.instances.update_settings(
        context.instance, patch, actor=context.actor, reason=reason, expected=expected
    )
    return _changed(context, context.instance, after)


def _changed(context: AdminContext, before: Instance, after: Instance) -> Response[bytes]:
    return context.json(
        SettingsDifferences(
            version=after.updated_at.millis,
            changes=shown_differences(differences(before.settings, after.settings)),
            warnings=list(cautions(before.settings, after.settings)),
        )
    )


def _planned(context: AdminContext, patch: dict[str, Json]) -> Response[bytes]:
    """The answer that saving would give now. Raises: FieldError."""
    before = context.instance.settings
    after = patched(before, patch)
    return context.json(
        SettingsDifferences(
            version=context.instance.updated_at.millis,
            changes=shown_differences(differences(before, after)),
            warnings=list(cautions(before, after)),
        )
    )


async def _name(context: AdminContext, actor: str) -> str | None:
    """The e-mail address of an administrator."""
    kind, _, id = actor.partition(":")
    user = await context.dashboard.console.accounts.find(context.console, UserId(id)) if kind == "admin" else None
    email = None if user is None else user.primary_email_address
    return None if email is None else email.value


def _time(cursor: str) -> Instant:
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 15:
        raise FieldError("cursor must be the next_cursor of the page before.", param="cursor")
    return Instant(int(cursor))


HANDLERS = (
    read_settings,
    change_settings,
    preview_settings,
    export_settings,
    import_settings,
    list_changes,
    read_change,
    undo_change,
)
