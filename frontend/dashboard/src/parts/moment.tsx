import { useEffect, useState } from "react";
import { preciseText, relativeText } from "./format";

const listeners = new Set<(now: number) => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The present, renewed every 20 seconds by one timer for the whole page. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    listeners.add(setNow);
    timer ??= setInterval(() => {
      for (const tell of listeners) tell(Date.now());
    }, 20_000);
    return () => {
      listeners.delete(setNow);
      if (listeners.size === 0) {
        clearInterval(timer);
        timer = undefined;
      }
    };
  }, []);
  return now;
}

/** A time as people say it; the exact one stands in its title. `exact` shows that instead. */
export function Moment({ at, exact }: { at: number; exact?: boolean }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={preciseText(at)}>
      {exact ? preciseText(at) : relativeText(at, now)}
    </time>
  );
}
