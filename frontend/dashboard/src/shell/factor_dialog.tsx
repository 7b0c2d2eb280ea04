import { Button, Group, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { caller, onFactorWanted } from "~/api/api";
import { useMe } from "~/api/me";
import { en } from "~/texts/en";

/** Opens when an operation answers `session_reverification_required`; the operation goes on once the password was right (R-SES-12). */
export function FactorDialog() {
  const hasPassword = useMe().has_password;
  const [opened, setOpened] = useState(false);
  const [password, setPassword] = useState("");
  const decide = useRef<(proven: boolean) => void>(() => undefined);
  const queries = useQueryClient();
  useEffect(() => {
    onFactorWanted(
      () =>
        new Promise((resolve) => {
          decide.current = resolve;
          setOpened(true);
        }),
    );
  }, []);
  const proving = useMutation({
    mutationFn: () => caller.prove(password),
    onSuccess: () => {
      close(true);
      void queries.invalidateQueries({ queryKey: ["me"] });
    },
  });
  function close(proven: boolean) {
    setOpened(false);
    setPassword("");
    proving.reset();
    decide.current(proven);
  }
  function prove(event: FormEvent) {
    event.preventDefault();
    proving.mutate();
  }
  return (
    <Modal opened={opened} onClose={() => close(false)} title={en.verify.title} zIndex={400}>
      <form onSubmit={prove}>
        <Stack gap="md">
          <Text size="sm">{hasPassword ? en.verify.why : en.verify.noPassword}</Text>
          {hasPassword && (
            <PasswordInput
              label={en.verify.password}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              error={proving.error?.message}
              autoComplete="current-password"
              data-autofocus
              required
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => close(false)}>
              {en.verify.cancel}
            </Button>
            {hasPassword && (
              <Button type="submit" loading={proving.isPending}>
                {en.verify.confirm}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
