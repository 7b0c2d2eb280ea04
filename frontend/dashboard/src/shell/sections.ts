/** The pages of the navigation, in its order; one entry for each page that is whole. */
import type { LucideIcon } from "lucide-react";
import MonitorSmartphone from "lucide-react/icons/monitor-smartphone";
import SearchCheck from "lucide-react/icons/search-check";
import SlidersHorizontal from "lucide-react/icons/sliders-horizontal";
import UsersRound from "lucide-react/icons/users-round";
import type { Me } from "~/api/me";
import type { en } from "~/texts/en";

export interface Section {
  name: keyof typeof en.home.sections;
  to: string;
  icon: LucideIcon;
  permission: string;
}

const SECTIONS: Section[] = [
  { name: "sessions", to: "/sessions", icon: MonitorSmartphone, permission: "sessions.read" },
  { name: "inspector", to: "/inspector", icon: SearchCheck, permission: "sessions.read" },
  { name: "settings", to: "/settings", icon: SlidersHorizontal, permission: "settings.read" },
  { name: "administrators", to: "/administrators", icon: UsersRound, permission: "administrators.read" },
];

/** The sections that the administrator may see. */
export function sectionsFor(me: Me): Section[] {
  return SECTIONS.filter((section) => me.permissions.includes(section.permission));
}
