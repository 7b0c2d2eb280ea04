/** Words for sessions, wherever they are shown. */
export const sessions = {
  unknownDevice: "Unknown device",
  status: {
    active: "Running",
    pending: "Pending",
    ended: "Signed out",
    removed: "Signed out",
    replaced: "Replaced",
    revoked: "Revoked",
    expired: "Expired",
    abandoned: "Inactive",
  } as Record<string, string>,
  session: {
    of: (person: string) => `Session of ${person}`,
    started: "Started",
    lastActive: "Last active",
    endsAt: "Ends",
    endedAt: "Ended",
    device: "Device",
    address: "Address",
    id: "Session ID",
  },
};
