import { Stack } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Story } from "~/features/inspector/story";
import { Equal } from "~/parts/equal";
import { Page } from "~/parts/page";
import { en } from "~/texts/en";
import { storyQuery } from "./queries";

/** The story of one session: how it began, what became of it, and why it is as it is. */
export function Session() {
  const { id } = useParams({ from: "/sessions/$id" });
  const { data: story } = useSuspenseQuery(storyQuery(id));
  return (
    <Page title={en.sessions.session.of(story.user?.email_address ?? story.session?.user_id ?? id)}>
      <Stack gap="md">
        <Story inspection={story} isOwnPage />
        <Equal method="GET" path={`/v1/admin/sessions/${id}/story`} command={`sojourn inspect ${id}`} />
      </Stack>
    </Page>
  );
}
