import { AppShell, Burger, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useEffect } from "react";
import { useMe } from "~/api/me";
import { Waiting } from "~/parts/states";
import { en } from "~/texts/en";
import { AccountMenu } from "./account_menu";
import { FactorDialog } from "./factor_dialog";
import { Palette, PaletteButton } from "./palette";
import { sectionsFor } from "./sections";
import classes from "./shell.module.css";
import { ThemeMenu } from "./theme_menu";

export function Shell() {
  return (
    <Suspense
      fallback={
        <div className={classes.first}>
          <Waiting />
        </div>
      }
    >
      <Frame />
    </Suspense>
  );
}

function Frame() {
  const me = useMe();
  const [opened, drawer] = useDisclosure(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => {
    if (path) drawer.close(); // the page has changed
  }, [path, drawer.close]);
  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a place of this page, which the router would take for an address of its own */}
      <a href="#content" className="skip-link" onClick={toContent}>
        {en.skipLink}
      </a>
      <AppShell
        header={{ height: 52 }}
        navbar={{ width: 216, breakpoint: "sm", collapsed: { mobile: !opened } }}
        padding="md"
        transitionDuration={0}
      >
        <AppShell.Header className={classes.header}>
          <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
            <Group gap="sm" wrap="nowrap" className={classes.left}>
              <Burger
                opened={opened}
                onClick={drawer.toggle}
                hiddenFrom="sm"
                size="sm"
                aria-label={opened ? en.navigation.close : en.navigation.open}
                aria-expanded={opened}
              />
              <Link to="/" className={classes.mark}>
                <Mark />
                <Text span fw={600} truncate>
                  {me.application_name || en.product}
                </Text>
                {me.environment === "development" && (
                  <span className={classes.environment}>{en.environment.development}</span>
                )}
              </Link>
            </Group>
            <Group gap={6} wrap="nowrap">
              <PaletteButton />
              <ThemeMenu />
              <AccountMenu me={me} />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" className={classes.navbar} aria-label={en.navigation.label}>
          {sectionsFor(me).map((section) => (
            <Link key={section.to} to={section.to} className={classes.entry} activeProps={{ "aria-current": "page" }}>
              <section.icon size={17} aria-hidden />
              {en.pages[section.name]}
            </Link>
          ))}
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
          <Outlet />
        </AppShell.Main>
      </AppShell>
      <Palette me={me} />
      <FactorDialog />
    </>
  );
}

function toContent(event: React.MouseEvent) {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#2f6f4f" />
      <path d="M11 24V12a5 5 0 0 1 10 0v12z" fill="#fff" />
      <circle cx="18.5" cy="18" r="1.4" fill="#2f6f4f" />
    </svg>
  );
}
