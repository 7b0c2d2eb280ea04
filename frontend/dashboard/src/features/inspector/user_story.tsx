import { Stack } from "@mantine/core";
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { answered, api } from "~/api/api";
import { Equal } from "~/parts/equal";
import { Page } from "~/parts/page";
import { Story } from "./story";

const storyOf = (id: string) =>
  queryOptions({
    queryKey: ["users", "story", id],
    queryFn: ({ signal }) =>
      answered(api.GET("/v1/admin/users/{user_id}/story", { params: { path: { user_id: id } }, signal })),
  });

/** Why one person is signed in or out, with all their sessions. */
export function UserStory() {
  const { id } = useParams({ from: "/inspector/users/$id" });
  const { data: story } = useSuspenseQuery(storyOf(id));
  return (
    <Page title={story.user?.email_address ?? id}>
      <Stack gap="md">
        <Story inspection={story} isOwnPage />
        <Equal method="GET" path={`/v1/admin/users/${id}/story`} command={`sojourn inspect ${id}`} />
      </Stack>
    </Page>
  );
}
