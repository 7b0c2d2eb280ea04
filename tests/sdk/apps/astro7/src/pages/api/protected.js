export function GET({ locals }) {
  const { userId } = locals.auth();
  return Response.json({ userId }, { status: userId ? 200 : 401 });
}
