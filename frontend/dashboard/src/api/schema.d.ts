/** The admin API as the page sees it. Generated from its OpenAPI document by tools/dashboard_types.py. */

export interface components {
  schemas: {
    Me: {
      id: string;
      email_address: string | null;
      first_name: string | null;
      last_name: string | null;
      role: string;
      permissions: string[];
      fresh_until: number | null;
      environment: string;
      application_name: string;
      public_url: string;
      version: string;
    };
  };
}

export interface paths {
  "/v1/admin/me": {
    get: { responses: { 200: { content: { "application/json": components["schemas"]["Me"] } } } };
  };
  "/v1/admin/me/verify": {
    post: {
      requestBody: { content: { "application/json": { password: string } } };
      responses: { 200: { content: { "application/json": unknown } } };
    };
  };
}
