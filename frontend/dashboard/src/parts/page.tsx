import { Group, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { en } from "~/texts/en";
import classes from "./page.module.css";

interface PageProps {
  title: string;
  intro?: ReactNode;
  /** Above the title: where this page belongs. */
  above?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** A page's frame. Its heading takes the focus when the page is opened, so that a screen reader says where one is. */
export function Page({ title, intro, above, actions, wide, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${en.product}`;
  }, [title]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className={classes.page} data-wide={wide || undefined}>
      {above}
      <Group justify="space-between" align="flex-start" wrap="wrap" gap="sm" mb="md">
        <div className={classes.words}>
          <Title order={1} ref={heading} tabIndex={-1} className={classes.title}>
            {title}
          </Title>
          {intro && (
            <Text size="sm" c="dimmed" maw="46rem">
              {intro}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </div>
  );
}
