import type { ReactNode } from "react";
import classes from "./scrolling.module.css";

/** A region that scrolls sideways where the page is narrow, also by the keyboard. */
export function Scrolling({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by the keyboard
    <section aria-label={label} tabIndex={0} className={classes.region}>
      {children}
    </section>
  );
}
