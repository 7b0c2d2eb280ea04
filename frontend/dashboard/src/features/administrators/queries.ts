import { queryOptions } from "@tanstack/react-query";
import { answered, api } from "~/api/api";
import type { components } from "~/api/schema";

export type Administrator = components["schemas"]["ShownAdministrator"];
export type Invitation = components["schemas"]["ShownInvitation"];
export type Role = components["schemas"]["Role"];

/** From the most to the least powerful. */
export const ROLES: Role[] = ["owner", "editor", "support", "viewer"];

export const administratorsQuery = queryOptions({
  queryKey: ["administrators"],
  queryFn: ({ signal }) => answered(api.GET("/v1/admin/administrators", { signal })),
});

export function changeRole(user_id: string, role: Role) {
  const params = { path: { user_id } };
  return answered(api.PATCH("/v1/admin/administrators/{user_id}", { params, body: { role } }));
}

export function remove(user_id: string) {
  return answered(api.DELETE("/v1/admin/administrators/{user_id}", { params: { path: { user_id } } }));
}

export function invite(role: Role, address: string) {
  const body = { role, ...(address.trim() ? { email_address: address.trim() } : {}) };
  return answered(api.POST("/v1/admin/administrators/invitations", { body }));
}

export function withdraw(invitation_id: string) {
  const params = { path: { invitation_id } };
  return answered(api.DELETE("/v1/admin/administrators/invitations/{invitation_id}", { params }));
}

export function nameOf(administrator: Administrator): string {
  const name = [administrator.first_name, administrator.last_name].filter(Boolean).join(" ");
  return name || administrator.email_address || administrator.id;
}
