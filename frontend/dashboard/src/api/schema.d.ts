/**
 * The admin API as the page sees it, with the shape that `openapi-fetch` reads.
 * Written by `python -m tools.dashboard_types` from the OpenAPI document of the server: change the handlers instead.
 */

export interface components {
  schemas: {
    /** Addresses count as verified. There is no password here: the person sets one, or signs in by a code (R-PWD-13). */
    AccountCreation: { email_address?: string | null; phone_number?: string | null; username?: string | null; first_name?: string | null; last_name?: string | null; external_id?: string | null; public_metadata?: Record<string, unknown> | null; private_metadata?: Record<string, unknown> | null; unsafe_metadata?: Record<string, unknown> | null };
    /** A field that is absent keeps its value. Each kind of metadata is replaced as a whole. */
    AccountPatch: { username?: string | null; first_name?: string | null; last_name?: string | null; external_id?: string | null; public_metadata?: Record<string, unknown>; private_metadata?: Record<string, unknown>; unsafe_metadata?: Record<string, unknown> };
    AdministratorList: { data: (components["schemas"]["ShownAdministrator"])[]; invitations: (components["schemas"]["ShownInvitation"])[] };
    /** `expected` is False if this server would not have set the attribute so. */
    Attribute: { name: string; value: string; why: string; expected: boolean };
    /** One step of the check. `is_whole` null: no fault in the first `checked` entries; send `next_cursor` to go on. False: the entry after the first `checked` ones was changed, removed or inserted. `waiting` entries, the newest, have no hash yet; within seconds they have. */
    AuditChainStep: { is_whole: boolean | null; checked: number; waiting: number; next_cursor: string | null };
    /** `sentence` says in words what happened. `actor` is a user id, `admin:` and an administrator's id, the id of a secret key, or a word such as `operator`, the command line. `details` differ for each kind. */
    AuditEntry: { id: string; at: number; kind: string; sentence: string; actor: string; user_id: string | null; target: string | null; ip_address: string | null; user_agent: string | null; details: Record<string, unknown> };
    AuditEntryPage: { data: (components["schemas"]["AuditEntry"])[]; next_cursor: string | null };
    /** `details` are the names of the fields that entries of this kind have beyond the common ones. */
    AuditKind: { name: string; sentence: string; details: (string)[] };
    AuditKindList: { data: (components["schemas"]["AuditKind"])[] };
    /** `cursor` is the `next_cursor` of the step before; without it the check begins with the first entry. */
    ChainCursor: { cursor?: string | null };
    /** `changes` are values by dotted path. With `expected_version`, the version that was read, a setting that somebody else changed since is refused with 409 and who changed it; other settings are merged. */
    ChangedSettings: { changes: Record<string, unknown>; reason?: string; expected_version?: number | null };
    Checklist: { data: (components["schemas"]["ShownCheck"])[] };
    /** `source` is the setting, template or rule that put the claim into the token; `link` leads there. */
    Claim: { name: string; value: unknown; meaning: string; source: string; at: number | null; link: components["schemas"]["SubjectLink"] | null };
    /** Sizes in bytes. `fixed` is a token without custom claims, `largest` the largest token of the `sampled` users, `most` what fits beside the cookie's name in `cookie`; `claims` is what each claim takes in the largest token. */
    ClaimsMeter: { fixed: number; largest: number; largest_user_id: string | null; sampled: number; most: number; cookie: number; claims: Record<string, number>; is_too_large: boolean };
    /** The custom claims now (`before`) and as planned (`after`), the whole decoded token, and its size in bytes. */
    ClaimsOfUser: { user_id: string; name: string | null; before: unknown; after: unknown; token: Record<string, unknown>; size: number };
    /** Nothing is rendered while there are problems. `meter` is null for a JWT template, whose token is no cookie. If saved now, every new token has the claims within `applies_within_ms`, which is when the last older one has expired. */
    ClaimsPreview: { problems: (components["schemas"]["ClaimsProblem"])[]; chosen: components["schemas"]["ClaimsOfUser"] | null; users: (components["schemas"]["ClaimsOfUser"])[]; meter: components["schemas"]["ClaimsMeter"] | null; applies_within_ms: number };
    /** `path` leads to the value inside the claims; `start` and `end` are positions in its text, both 0 for the whole value. */
    ClaimsProblem: { path: (string | number)[]; message: string; start: number; end: number };
    /** When live sessions have the saved claims: tokens minted since `new_from` have them, older ones have expired at `old_until`. */
    ClaimsRollout: { changed_at: number | null; new_from: number | null; old_until: number | null; is_complete: boolean };
    /** `read_by` says which program uses it. The value of a cookie is never shown. */
    Cookie: { name: string; meaning: string; read_by: string; attributes: (components["schemas"]["Attribute"])[]; bytes: number | null };
    CountedUsers: { total_count: number; is_exact: boolean };
    /** `ended` sessions; apps that verify offline accept their tokens until `last_token_dies_at`. */
    EndedSessions: { ended: number; last_token_dies_at: number };
    /** One entry of a timeline. `kind` is started, factor, used, place, settings, event, ended or planned; `until` is set for a period. */
    Entry: { at: number; kind: string; title: string; detail: string | null; until: number | null; links: (components["schemas"]["SubjectLink"])[] };
    /** Lines of an app's environment file. The secret key is not among them: set `secret_variable`, where there is one, to a key of yours. */
    EnvironmentSnippet: { sdk: string; lines: (string)[]; secret_variable: string | null; hint: string };
    EnvironmentSnippets: { data: (components["schemas"]["EnvironmentSnippet"])[] };
    Errors: { clerk_trace_id: string; errors: ({ code: string; message: string; long_message: string; meta?: Record<string, unknown> })[] };
    /** `at` is set if the value is a time, `why` says where the value comes from. */
    Fact: { name: string; text: string; at: number | null; why: string | null; link: components["schemas"]["SubjectLink"] | null };
    /** `settings` is an export, whole or in part; omitted settings are kept. `dry_run` saves nothing. */
    ImportedSettings: { settings: Record<string, unknown>; reason?: string; expected_version?: number | null; dry_run?: boolean };
    /** `headline` is the answer in one sentence; `problems` are its reasons, the deciding one first. */
    Inspection: { subject: components["schemas"]["Subject"]; state: components["schemas"]["State"]; headline: string; problems: (components["schemas"]["Problem"])[]; facts: (components["schemas"]["Fact"])[]; token: components["schemas"]["Token"] | null; cookies: (components["schemas"]["Cookie"])[]; session: components["schemas"]["SessionFacts"] | null; sessions: (components["schemas"]["SessionFacts"])[]; user: components["schemas"]["UserFacts"] | null; timeline: (components["schemas"]["Entry"])[]; refusals: (components["schemas"]["RefusalCount"])[] };
    JwtTemplateList: { data: (components["schemas"]["ShownJwtTemplate"])[]; next_cursor: string | null };
    /** `url` contains the secret, and is shown only here. */
    MadeInvitation: { invitation: components["schemas"]["ShownInvitation"]; url: string };
    /** `secret_key` is shown only here. */
    MadeSecretKey: { key: components["schemas"]["ShownSecretKey"]; secret_key: string };
    /** Who asks, and what they may do. `id` and names are null for a secret key; `fresh_until` says until when sensitive operations are open. */
    Me: { id: string | null; email_address: string | null; first_name: string | null; last_name: string | null; has_password: boolean; role: components["schemas"]["Role"]; permissions: (string)[]; fresh_until: number | null; environment: string; application_name: string; public_url: string; dashboard_url: string; publishable_key: string; version: string };
    /** Without `email_address`, whoever holds the link names their own. */
    NewInvitation: { role: components["schemas"]["Role"]; email_address?: string | null };
    /** A `read` key calls GET operations only. */
    NewSecretKey: { scope?: components["schemas"]["Scope"] };
    /** Without any condition, `everybody` must be true. `dry_run` counts and ends nothing. */
    NewSessionBatch: { user_id?: string | null; person?: string | null; client_id?: string | null; country?: string | null; device?: string | null; strategy?: string | null; ip_prefix?: string | null; created_after?: number | null; created_before?: number | null; active_after?: number | null; active_before?: number | null; everybody?: boolean; dry_run?: boolean };
    PasswordDemand: { end_sessions?: boolean };
    /** A token, an ID, an e-mail address, a cookie, header lines, or a reason of a denial. */
    PastedSubject: { subject: string };
    /** Claims of session tokens; with `template` those of a JWT template, of that lifetime in seconds, and with `template_id` compared with the stored one. `user_id` adds the preview of that user. */
    PlannedClaims: { claims: Record<string, unknown>; user_id?: string | null; template?: boolean; template_id?: string | null; lifetime?: number };
    /** The new key signs in ten minutes, or `at` a later time. In an `emergency` it signs at once, and every older key is dropped. */
    PlannedRotation: { at?: number | null; emergency?: boolean };
    /** Values by dotted path. */
    PlannedSettings: { changes: Record<string, unknown> };
    /** `cause` is a value of `ArtefactCause` or `EndCause`, or a reason of `x-clerk-auth-reason`. */
    Problem: { cause: string; told: string; advice: string | null };
    /** `reason` is kept with the user and in the audit log; at most 500 characters. */
    ReasonGiven: { reason?: string | null };
    /** How often visitors without a session were refused for one reason within the last 48 hours. */
    RefusalCount: { reason: string; count: number; meaning: string };
    /** Refusals of browsers without a session within 48 hours, by reason, the most frequent first. */
    RefusalList: { data: (components["schemas"]["RefusalCount"])[] };
    /** From the least to the most powerful. Stored: values never change. */
    Role: "editor" | "owner" | "support" | "viewer";
    RoleChange: { role: components["schemas"]["Role"] };
    /** `READ` allows GET requests only; `FULL` allows everything. */
    Scope: "full" | "read";
    SecretKeyList: { data: (components["schemas"]["ShownSecretKey"])[] };
    SessionBatchList: { data: (components["schemas"]["ShownSessionBatch"])[] };
    SessionCount: { total_count: number; is_exact: boolean };
    /** One session. `end_cause` is None while it is live; `ended_by` is an actor of the audit log or an ID; `end_rule` is the setting that ended it, with its value then; `batch_id` names the batch that ended it with others. */
    SessionFacts: { id: string; user_id: string; client_id: string; status: string; is_live: boolean; told: string; created_at: number; last_active_at: number; ends_at: number; ended_at: number | null; ended_by: string | null; ended_by_name: string | null; end_cause: string | null; end_rule: string | null; batch_id: string | null; last_token_dies_at: number | null; browser: string | null; device: string | null; ip_address: string | null };
    SessionPage: { data: (components["schemas"]["ShownSession"])[]; next_cursor: string | null };
    SessionUser: { id: string; email_address: string | null; username: string | null; first_name: string | null; last_name: string | null };
    SettingDifference: { path: string; before: unknown; after: unknown };
    /** `name` is empty for the settings of no group. */
    SettingGroup: { name: string; about: string };
    /** One setting. `type` is a word of JSON Schema, `takes` the accepted values in words, `docs` and `guide` pages below the documentation, `unit` `seconds` for a length of time, which may also be given as text such as `30d`. */
    SettingShown: { path: string; group: string; type: string; choices: (string)[]; min: number | null; max: number | null; unit: string | null; is_optional: boolean; takes: string; effect: string; docs: string; guide: string; default: unknown; value: unknown; is_default: boolean };
    /** The changes of saving, made or planned, and warnings about them; `version` is that of the settings now. */
    SettingsDifferences: { version: number; changes: (components["schemas"]["SettingDifference"])[]; warnings: (string)[] };
    /** All settings in the order of the reference; they hold no secret. The same file as `sojourn settings export`. */
    SettingsExport: { settings: Record<string, unknown> };
    SettingsHistoryPage: { data: (components["schemas"]["ShownSettingsChange"])[]; next_cursor: string | null };
    /** `version` is what a later change names as `expected_version`. */
    SettingsShown: { version: number; groups: (components["schemas"]["SettingGroup"])[]; settings: (components["schemas"]["SettingShown"])[] };
    /** `reserved` claims cannot be set in session tokens, `reserved_in_templates` not in JWT templates. */
    ShortcodeList: { data: (components["schemas"]["ShownShortcode"])[]; reserved: (string)[]; reserved_in_templates: (string)[] };
    ShownAdministrator: { id: string; email_address: string | null; first_name: string | null; last_name: string | null; role: components["schemas"]["Role"]; created_at: number; last_sign_in_at: number | null; invited_by: string | null };
    /** `status` is `ok`, `warning`, `problem` or `by_hand`, which the server cannot see; `guide` a page below the documentation. */
    ShownCheck: { id: string; title: string; status: string; found: string; advice: string; guide: string };
    ShownInvitation: { id: string; role: components["schemas"]["Role"]; email_address: string | null; created_at: number; expire_at: number; invited_by: string };
    /** `lifetime` and `allowed_clock_skew` in seconds; an own key is never shown. */
    ShownJwtTemplate: { id: string; name: string; claims: Record<string, unknown>; lifetime: number; allowed_clock_skew: number; custom_signing_key: boolean; signing_algorithm: string; created_at: number; updated_at: number };
    /** `last_used_at` is accurate to about a minute. */
    ShownSecretKey: { id: string; scope: components["schemas"]["Scope"]; created_at: number; last_used_at: number | null };
    /** `status` is that at the current time. A live session ends at `ends_at` unless it is used before, and at `expire_at` in any case. `strategy` is how it was signed in. Of an ended one `end_rule` is the setting that ended it, with its value, and `ended_by` who or what ended it. `user` is null if the account has been deleted. Times are milliseconds since 1970. */
    ShownSession: { id: string; status: string; is_live: boolean; user_id: string; user: components["schemas"]["SessionUser"] | null; client_id: string; device_type: string | null; is_mobile: boolean; browser_name: string | null; browser_version: string | null; ip_address: string | null; city: string | null; country: string | null; strategy: string | null; has_second_factor: boolean; impersonated_by: string | null; created_at: number; last_active_at: number; expire_at: number; ends_at: number | null; ended_at: number | null; end_cause: string | null; end_told: string | null; ended_by: string | null; end_rule: string | null; batch_id: string | null };
    /** `status` is `preview`, `running` or `finished`; `total` sessions match or matched, `done` of them are ended. A preview has no `id`. Apps that verify offline accept tokens of the sessions until `last_token_dies_at`. */
    ShownSessionBatch: { id: string | null; status: string; total: number; done: number; filters: Record<string, string | number | (string)[]>; actor: string; cause: string; created_at: number; finished_at: number | null; last_token_dies_at: number };
    /** `actor` is `admin:` and an administrator's id, a secret key's id, `backend_api` or `operator`; `undoes` the change that it undid. */
    ShownSettingsChange: { id: string; created_at: number; actor: string; actor_name: string | null; reason: string; undoes: string | null; changes: (components["schemas"]["SettingDifference"])[] };
    /** Written `{{path}}`. `is_open`: any path below it is allowed. */
    ShownShortcode: { path: string; says: string; is_open: boolean };
    /** `state` is `next`, `signing` or `retired`. Session tokens need the key until `tokens_until`; verifiers are given it until `published_until`. Ends are null while none is known. */
    ShownSigningKey: { kid: string; algorithm: string; state: string; created_at: number; signs_from: number; signs_until: number | null; tokens_until: number | null; published_until: number | null };
    /** `jwks` is what `jwks_url` answers. */
    SigningKeyList: { data: (components["schemas"]["ShownSigningKey"])[]; jwks_url: string; jwks: Record<string, unknown> };
    /** UNCLEAR: the subject alone does not tell. */
    State: "signed_in" | "signed_out" | "unclear";
    /** The kind of the pasted text. */
    Subject: "auth_reason" | "client_cookie" | "cookies" | "handshake" | "session" | "session_token" | "set_cookie" | "template_token" | "unknown" | "user";
    /** `kind` is session, user, client, secret_key, session_batch, setting, jwt_template or event. */
    SubjectLink: { kind: string; id: string };
    /** `lifetime` and `allowed_clock_skew` in seconds. An update replaces the whole template, as published. */
    TemplateInput: { name: string; claims: Record<string, unknown>; lifetime?: number | null; allowed_clock_skew?: number | null; custom_signing_key?: boolean | null; signing_algorithm?: string | null; signing_key?: string | null };
    /** `is_genuine`: signed with a key of this server, whatever else is wrong with it. */
    Token: { bytes: number; largest: number; is_genuine: boolean; key_id: string | null; algorithm: string | null; claims: (components["schemas"]["Claim"])[] };
    /** `force` also overwrites what later changes set. */
    Undoing: { reason?: string; force?: boolean };
    /** `strategy` is the wire name of what verified the address; `admin` means an administrator or a server. */
    UserAddress: { id: string; kind: string; value: string; verified: boolean; reserved: boolean; primary: boolean; strategy: string | null; created_at: number };
    /** `password_refused` is true while a new password is demanded. `live_sessions` counts those that are signed in now. */
    UserDetail: { id: string; username: string | null; first_name: string | null; last_name: string | null; email_address: string | null; email_address_verified: boolean; phone_number: string | null; image_url: string; banned: boolean; locked: boolean; delete_at: number | null; created_at: number; last_sign_in_at: number | null; last_active_at: number | null; external_id: string | null; locale: string | null; addresses: (components["schemas"]["UserAddress"])[]; ban_reason: string | null; locked_at: number | null; locked_until: number | null; failed_tries: number; password_enabled: boolean; password_changed_at: number | null; password_refused: boolean; second_factors: (string)[]; live_sessions: number; sessions: number; public_metadata: Record<string, unknown>; private_metadata: Record<string, unknown>; unsafe_metadata: Record<string, unknown>; metadata_limit_bytes: number; legal_accepted_at: number | null; updated_at: number };
    /** `status` is active, banned, locked or unknown; `told` says by whom and until when. */
    UserFacts: { id: string; status: string; told: string; email_address: string | null };
    /** One user of a list. `delete_at` says when a deletion that was asked for becomes final. */
    UserRow: { id: string; username: string | null; first_name: string | null; last_name: string | null; email_address: string | null; email_address_verified: boolean; phone_number: string | null; image_url: string; banned: boolean; locked: boolean; delete_at: number | null; created_at: number; last_sign_in_at: number | null; last_active_at: number | null };
    UserRowPage: { data: (components["schemas"]["UserRow"])[]; next_cursor: string | null };
  };
}

export interface paths {
  "/v1/admin/administrators": {
    get: {
      responses: { 200: { content: { "application/json": components["schemas"]["AdministratorList"] } } };
    };
  };
  "/v1/admin/administrators/invitations": {
    post: {
      requestBody: { content: { "application/json": components["schemas"]["NewInvitation"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["MadeInvitation"] } } };
    };
  };
  "/v1/admin/administrators/invitations/{invitation_id}": {
    delete: {
      parameters: { path: { invitation_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["AdministratorList"] } } };
    };
  };
  "/v1/admin/administrators/{user_id}": {
    delete: {
      parameters: { path: { user_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["AdministratorList"] } } };
    };
    patch: {
      parameters: { path: { user_id: string } };
      requestBody: { content: { "application/json": components["schemas"]["RoleChange"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["ShownAdministrator"] } } };
    };
  };
  "/v1/admin/checklist": {
    get: {
      responses: { 200: { content: { "application/json": components["schemas"]["Checklist"] } } };
    };
  };
  "/v1/admin/claims/preview": {
    post: {
      requestBody: { content: { "application/json": components["schemas"]["PlannedClaims"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["ClaimsPreview"] } } };
    };
  };
  "/v1/admin/claims/rollout": {
    get: {
      responses: { 200: { content: { "application/json": components["schemas"]["ClaimsRollout"] } } };
    };
  };
  "/v1/admin/claims/shortcodes": {
    get: {
      responses: { 200: { content: { "application/json": components["schemas"]["ShortcodeList"] } } };
    };
  };
  "/v1/admin/environment_snippets": {
    get: {
      parameters: { query?: { own_pages?: boolean; sdk_major?: number } };
      responses: { 200: { content: { "application/json": components["schemas"]["EnvironmentSnippets"] } } };
    };
  };
  "/v1/admin/events": {
    get: {
      parameters: { query?: { kind?: (string)[]; actor?: string; target?: string; user_id?: string; after?: number; before?: number; cursor?: string; limit?: number } };
      responses: { 200: { content: { "application/json": components["schemas"]["AuditEntryPage"] } } };
    };
  };
  "/v1/admin/events/check": {
    post: {
      requestBody: { content: { "application/json": components["schemas"]["ChainCursor"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["AuditChainStep"] } } };
    };
  };
  "/v1/admin/events/export": {
    get: {
      parameters: { query?: { kind?: (string)[]; actor?: string; target?: string; user_id?: string; after?: number; before?: number; cursor?: string; format?: "csv" | "ndjson" } };
      responses: { 200: { content: { "application/json": unknown } } };
    };
  };
  "/v1/admin/events/kinds": {
    get: {
      responses: { 200: { content: { "application/json": components["schemas"]["AuditKindList"] } } };
    };
  };
  "/v1/admin/inspect": {
    post: {
      requestBody: { content: { "application/json": components["schemas"]["PastedSubject"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["Inspection"] } } };
    };
  };
  "/v1/admin/jwt_templates": {
    get: {
      parameters: { query?: { limit?: number; cursor?: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["JwtTemplateList"] } } };
    };
    post: {
      requestBody: { content: { "application/json": components["schemas"]["TemplateInput"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["ShownJwtTemplate"] } } };
    };
  };
  "/v1/admin/jwt_templates/{template_id}": {
    delete: {
      parameters: { path: { template_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["ShownJwtTemplate"] } } };
    };
    get: {
      parameters: { path: { template_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["ShownJwtTemplate"] } } };
    };
    patch: {
      parameters: { path: { template_id: string } };
      requestBody: { content: { "application/json": components["schemas"]["TemplateInput"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["ShownJwtTemplate"] } } };
    };
  };
  "/v1/admin/me": {
    get: {
      responses: { 200: { content: { "application/json": components["schemas"]["Me"] } } };
    };
  };
  "/v1/admin/refusals": {
    get: {
      responses: { 200: { content: { "application/json": components["schemas"]["RefusalList"] } } };
    };
  };
  "/v1/admin/secret_keys": {
    get: {
      responses: { 200: { content: { "application/json": components["schemas"]["SecretKeyList"] } } };
    };
    post: {
      requestBody: { content: { "application/json": components["schemas"]["NewSecretKey"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["MadeSecretKey"] } } };
    };
  };
  "/v1/admin/secret_keys/{key_id}": {
    delete: {
      parameters: { path: { key_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["SecretKeyList"] } } };
    };
  };
  "/v1/admin/session_batches": {
    get: {
      parameters: { query?: { limit?: number } };
      responses: { 200: { content: { "application/json": components["schemas"]["SessionBatchList"] } } };
    };
    post: {
      requestBody: { content: { "application/json": components["schemas"]["NewSessionBatch"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["ShownSessionBatch"] } } };
    };
  };
  "/v1/admin/session_batches/{batch_id}": {
    get: {
      parameters: { path: { batch_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["ShownSessionBatch"] } } };
    };
  };
  "/v1/admin/sessions": {
    get: {
      parameters: { query?: { user_id?: string; person?: string; client_id?: string; country?: string; device?: string; strategy?: string; ip_prefix?: string; created_after?: number; created_before?: number; active_after?: number; active_before?: number; state?: "abandoned" | "active" | "ended" | "expired" | "removed" | "replaced" | "revoked"; cause?: (components["schemas"]["#/$defs/EndCause"])[]; batch_id?: string; ended_after?: number; ended_before?: number; sort?: "created" | "ended" | "last_active"; limit?: number; cursor?: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["SessionPage"] } } };
    };
  };
  "/v1/admin/sessions/count": {
    get: {
      parameters: { query?: { user_id?: string; person?: string; client_id?: string; country?: string; device?: string; strategy?: string; ip_prefix?: string; created_after?: number; created_before?: number; active_after?: number; active_before?: number; state?: "abandoned" | "active" | "ended" | "expired" | "removed" | "replaced" | "revoked"; cause?: (components["schemas"]["#/$defs/EndCause"])[]; batch_id?: string; ended_after?: number; ended_before?: number } };
      responses: { 200: { content: { "application/json": components["schemas"]["SessionCount"] } } };
    };
  };
  "/v1/admin/sessions/{session_id}": {
    get: {
      parameters: { path: { session_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["ShownSession"] } } };
    };
  };
  "/v1/admin/sessions/{session_id}/end": {
    post: {
      parameters: { path: { session_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["ShownSession"] } } };
    };
  };
  "/v1/admin/sessions/{session_id}/story": {
    get: {
      parameters: { path: { session_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["Inspection"] } } };
    };
  };
  "/v1/admin/settings": {
    get: {
      responses: { 200: { content: { "application/json": components["schemas"]["SettingsShown"] } } };
    };
    patch: {
      requestBody: { content: { "application/json": components["schemas"]["ChangedSettings"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["SettingsDifferences"] } } };
    };
  };
  "/v1/admin/settings/export": {
    get: {
      responses: { 200: { content: { "application/json": components["schemas"]["SettingsExport"] } } };
    };
  };
  "/v1/admin/settings/history": {
    get: {
      parameters: { query?: { limit?: number; cursor?: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["SettingsHistoryPage"] } } };
    };
  };
  "/v1/admin/settings/history/{change_id}": {
    get: {
      parameters: { path: { change_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["ShownSettingsChange"] } } };
    };
  };
  "/v1/admin/settings/history/{change_id}/undo": {
    post: {
      parameters: { path: { change_id: string } };
      requestBody: { content: { "application/json": components["schemas"]["Undoing"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["SettingsDifferences"] } } };
    };
  };
  "/v1/admin/settings/import": {
    post: {
      requestBody: { content: { "application/json": components["schemas"]["ImportedSettings"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["SettingsDifferences"] } } };
    };
  };
  "/v1/admin/settings/preview": {
    post: {
      requestBody: { content: { "application/json": components["schemas"]["PlannedSettings"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["SettingsDifferences"] } } };
    };
  };
  "/v1/admin/signing_keys": {
    get: {
      responses: { 200: { content: { "application/json": components["schemas"]["SigningKeyList"] } } };
    };
  };
  "/v1/admin/signing_keys/cancel_rotation": {
    post: {
      responses: { 200: { content: { "application/json": components["schemas"]["SigningKeyList"] } } };
    };
  };
  "/v1/admin/signing_keys/rotate": {
    post: {
      requestBody: { content: { "application/json": components["schemas"]["PlannedRotation"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["SigningKeyList"] } } };
    };
  };
  "/v1/admin/users": {
    get: {
      parameters: { query?: { query?: string; banned?: boolean; locked?: boolean; verified?: boolean; deleting?: boolean; created_after?: number; created_before?: number; signed_in_after?: number; signed_in_before?: number; oldest_first?: boolean; limit?: number; cursor?: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["UserRowPage"] } } };
    };
    post: {
      requestBody: { content: { "application/json": components["schemas"]["AccountCreation"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["UserDetail"] } } };
    };
  };
  "/v1/admin/users/count": {
    get: {
      parameters: { query?: { query?: string; banned?: boolean; locked?: boolean; verified?: boolean; deleting?: boolean; created_after?: number; created_before?: number; signed_in_after?: number; signed_in_before?: number } };
      responses: { 200: { content: { "application/json": components["schemas"]["CountedUsers"] } } };
    };
  };
  "/v1/admin/users/{user_id}": {
    delete: {
      parameters: { path: { user_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["UserDetail"] } } };
    };
    get: {
      parameters: { path: { user_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["UserDetail"] } } };
    };
    patch: {
      parameters: { path: { user_id: string } };
      requestBody: { content: { "application/json": components["schemas"]["AccountPatch"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["UserDetail"] } } };
    };
  };
  "/v1/admin/users/{user_id}/addresses/{address_id}/verify": {
    post: {
      parameters: { path: { user_id: string; address_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["UserDetail"] } } };
    };
  };
  "/v1/admin/users/{user_id}/ban": {
    post: {
      parameters: { path: { user_id: string } };
      requestBody: { content: { "application/json": components["schemas"]["ReasonGiven"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["UserDetail"] } } };
    };
  };
  "/v1/admin/users/{user_id}/export": {
    get: {
      parameters: { path: { user_id: string } };
      responses: { 200: { content: { "application/json": unknown } } };
    };
  };
  "/v1/admin/users/{user_id}/lock": {
    post: {
      parameters: { path: { user_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["UserDetail"] } } };
    };
  };
  "/v1/admin/users/{user_id}/require_new_password": {
    post: {
      parameters: { path: { user_id: string } };
      requestBody: { content: { "application/json": components["schemas"]["PasswordDemand"] } };
      responses: { 200: { content: { "application/json": components["schemas"]["UserDetail"] } } };
    };
  };
  "/v1/admin/users/{user_id}/restore": {
    post: {
      parameters: { path: { user_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["UserDetail"] } } };
    };
  };
  "/v1/admin/users/{user_id}/sessions/end": {
    post: {
      parameters: { path: { user_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["EndedSessions"] } } };
    };
  };
  "/v1/admin/users/{user_id}/story": {
    get: {
      parameters: { path: { user_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["Inspection"] } } };
    };
  };
  "/v1/admin/users/{user_id}/unban": {
    post: {
      parameters: { path: { user_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["UserDetail"] } } };
    };
  };
  "/v1/admin/users/{user_id}/unlock": {
    post: {
      parameters: { path: { user_id: string } };
      responses: { 200: { content: { "application/json": components["schemas"]["UserDetail"] } } };
    };
  };
}
