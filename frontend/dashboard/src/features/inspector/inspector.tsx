import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { answered, api } from "~/api/api";
import { Equal } from "~/parts/equal";
import { Page } from "~/parts/page";
import { Empty, Trouble } from "~/parts/states";
import { en } from "~/texts/en";
import { Story } from "./story";

const words = en.inspector;
const LONGEST = 64 * 1024;

export function Inspector() {
  const [subject, setSubject] = useState("");
  // A mutation, because what is pasted may be a secret: no cache keeps it, and no address shows it.
  const inspect = useMutation({
    mutationFn: (pasted: string) => answered(api.POST("/v1/admin/inspect", { body: { subject: pasted } })),
  });
  function submit(event?: FormEvent) {
    event?.preventDefault();
    if (subject.trim()) inspect.mutate(subject.trim());
  }
  function submitByKey(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey || !subject.includes("\n")) && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  }
  return (
    <Page title={en.pages.inspector} intro={words.intro}>
      <Stack gap="md">
        <form onSubmit={submit}>
          <Stack gap="xs">
            <Textarea
              label={words.label}
              placeholder={words.placeholder}
              value={subject}
              onChange={(event) => setSubject(event.currentTarget.value)}
              onKeyDown={submitByKey}
              maxLength={LONGEST}
              rows={3}
              autoComplete="off"
              spellCheck={false}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem" } }}
            />
            <Group justify="space-between" wrap="wrap" gap="xs">
              <Text size="xs" c="dimmed">
                {words.hint}
              </Text>
              <Button type="submit" loading={inspect.isPending} disabled={!subject.trim()}>
                {words.inspect}
              </Button>
            </Group>
          </Stack>
        </form>
        <div aria-live="polite">
          {inspect.error && <Trouble error={inspect.error} retry={() => submit()} />}
          {inspect.data && !inspect.error && <Story inspection={inspect.data} />}
          {!inspect.data && !inspect.error && <Empty title={words.examples}>{words.examplesHint}</Empty>}
        </div>
        <Equal method="POST" path="/v1/admin/inspect" body={{ subject: "…" }} command="sojourn inspect '…'" />
      </Stack>
    </Page>
  );
}
