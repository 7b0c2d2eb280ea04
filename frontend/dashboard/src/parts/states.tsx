import { Alert, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import CircleAlert from "lucide-react/icons/circle-alert";
import type { ReactNode } from "react";
import { Failure, Unreachable } from "~/api/failure";
import { SignedOut } from "~/api/session_token";
import { en } from "~/texts/en";

/** As high as what follows, so that nothing jumps. */
export function Waiting() {
  return (
    <Stack gap="sm" aria-busy aria-label={en.states.loading} role="status">
      <Skeleton height={28} width={220} />
      <Skeleton height={14} width={380} maw="100%" mb="sm" />
      {[1, 2, 3, 4, 5, 6].map((line) => (
        <Skeleton key={line} height={40} />
      ))}
    </Stack>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap={4} py="xl" px="md" ta="center">
      <Text fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" maw="32rem" component="div">
        {children}
      </Text>
    </Stack>
  );
}

/** What went wrong and what to do about it. */
export function Trouble({ error, retry }: { error: Error; retry?: () => void }) {
  const [title, words] = told(error);
  const stale = isStale(error);
  return (
    <Alert color="red" variant="light" icon={<CircleAlert size={18} aria-hidden />} title={title} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{words}</Text>
        {stale ? (
          <Button variant="default" onClick={() => window.location.reload()}>
            {en.states.reload}
          </Button>
        ) : (
          retry && (
            <Button variant="default" onClick={retry}>
              {en.states.retry}
            </Button>
          )
        )}
      </Stack>
    </Alert>
  );
}

function told(error: Error): [string, string] {
  if (error instanceof Unreachable) return [en.states.unreachable, en.states.unreachableHint];
  if (error instanceof Failure && error.status === 403)
    return [en.states.forbidden, `${error.message} ${en.states.forbiddenHint}`];
  if (isStale(error)) return [en.states.failed, en.states.stale];
  return [en.states.failed, error.message];
}

/** A file of the previous build, asked for by a page that was open while the server was updated. */
function isStale(error: Error): boolean {
  return error.name === "TypeError" && /dynamically imported module|module script/i.test(error.message);
}

export function Failed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  if (error instanceof SignedOut) return <Waiting />;
  return (
    <Stack gap="sm">
      <Title order={1}>{en.states.failedPage}</Title>
      <Trouble
        error={error instanceof Error ? error : new Error(String(error))}
        retry={() => {
          queries.reset();
          reset();
          void router.invalidate();
        }}
      />
    </Stack>
  );
}

export function NotFound() {
  return (
    <Stack gap="xs" align="flex-start">
      <Title order={1}>{en.states.notFound}</Title>
      <Text c="dimmed">{en.states.notFoundHint}</Text>
      <Group>
        <Link to="/">{en.states.toOverview}</Link>
      </Group>
    </Stack>
  );
}
