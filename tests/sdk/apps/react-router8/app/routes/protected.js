import { getAuth } from "@clerk/react-router/server";

export async function loader(args) {
  const { userId } = await getAuth(args);
  return Response.json({ userId }, { status: userId ? 200 : 401 });
}
