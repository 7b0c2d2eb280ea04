export default defineEventHandler((event) => {
  const { userId } = event.context.auth();
  if (!userId) setResponseStatus(event, 401);
  return { userId };
});
