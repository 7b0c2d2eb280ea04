import { ActionIcon, Kbd, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { Spotlight, spotlight } from "@mantine/spotlight";
import { useNavigate } from "@tanstack/react-router";
import LayoutDashboard from "lucide-react/icons/layout-dashboard";
import LogOut from "lucide-react/icons/log-out";
import Search from "lucide-react/icons/search";
import type { Me } from "~/api/me";
import { en } from "~/texts/en";
import { signOut } from "./account_menu";
import classes from "./palette.module.css";
import { sectionsFor } from "./sections";
import { SCHEMES } from "./theme_menu";

export function PaletteButton() {
  return (
    <>
      <UnstyledButton className={classes.button} visibleFrom="sm" onClick={spotlight.open}>
        <Search size={15} aria-hidden />
        <span>{en.palette.open}</span>
        <Kbd size="xs">Ctrl K</Kbd>
      </UnstyledButton>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        hiddenFrom="sm"
        aria-label={en.palette.open}
        onClick={spotlight.open}
      >
        <Search size={18} aria-hidden />
      </ActionIcon>
    </>
  );
}

/** Every page and every command of the shell, by name: Ctrl K or ⌘ K. */
export function Palette({ me }: { me: Me }) {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const pages = [{ name: "home" as const, to: "/", icon: LayoutDashboard }, ...sectionsFor(me)];
  const actions = [
    {
      group: en.palette.goTo,
      actions: pages.map((page) => ({
        id: page.to,
        label: en.pages[page.name],
        leftSection: <page.icon size={18} aria-hidden />,
        onClick: () => void navigate({ to: page.to }),
      })),
    },
    {
      group: en.palette.theme,
      actions: SCHEMES.map(([scheme, words, Icon]) => ({
        id: scheme,
        label: words,
        keywords: en.palette.theme,
        leftSection: <Icon size={18} aria-hidden />,
        onClick: () => setColorScheme(scheme),
      })),
    },
    {
      group: en.me.menu,
      actions: [
        {
          id: "sign-out",
          label: en.me.signOut,
          leftSection: <LogOut size={18} aria-hidden />,
          onClick: () => void signOut(),
        },
      ],
    },
  ];
  return (
    <Spotlight
      actions={actions}
      shortcut={["mod + K"]}
      nothingFound={en.palette.nothing}
      highlightQuery
      searchProps={{
        leftSection: <Search size={18} aria-hidden />,
        placeholder: en.palette.placeholder,
        "aria-label": en.palette.placeholder,
      }}
    />
  );
}
