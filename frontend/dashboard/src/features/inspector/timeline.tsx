import CircleDot from "lucide-react/icons/circle-dot";
import CircleX from "lucide-react/icons/circle-x";
import Clock from "lucide-react/icons/clock";
import KeyRound from "lucide-react/icons/key-round";
import LogIn from "lucide-react/icons/log-in";
import MapPin from "lucide-react/icons/map-pin";
import RefreshCw from "lucide-react/icons/refresh-cw";
import Settings2 from "lucide-react/icons/settings-2";
import { Fragment } from "react";
import type { components } from "~/api/schema";
import { Moment } from "~/parts/moment";
import { en } from "~/texts/en";
import { Linked } from "./linked";
import classes from "./timeline.module.css";

const ICONS: Record<string, typeof LogIn> = {
  started: LogIn,
  factor: KeyRound,
  used: RefreshCw,
  place: MapPin,
  settings: Settings2,
  ended: CircleX,
  planned: Clock,
};

export function Timeline({ entries }: { entries: components["schemas"]["Entry"][] }) {
  return (
    <ol className={classes.list}>
      {entries.map((entry) => {
        const Icon = ICONS[entry.kind] ?? CircleDot;
        return (
          <li key={`${entry.at} ${entry.kind} ${entry.title}`} className={classes.entry} data-kind={entry.kind}>
            <span className={classes.icon} aria-hidden>
              <Icon size={15} />
            </span>
            <span className={classes.time}>
              <Moment at={entry.at} exact />
              {entry.until !== null && (
                <>
                  {" "}
                  {en.inspector.until} <Moment at={entry.until} exact />
                </>
              )}
            </span>
            <span className={classes.title}>{entry.title}</span>
            {(entry.detail || entry.links.length > 0) && (
              <span className={classes.detail}>
                {entry.detail}{" "}
                {entry.links.map((link) => (
                  <Fragment key={`${link.kind} ${link.id}`}>
                    <Linked link={link} />{" "}
                  </Fragment>
                ))}
              </span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
