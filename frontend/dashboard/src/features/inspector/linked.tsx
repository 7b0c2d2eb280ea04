import { Link } from "@tanstack/react-router";
import type { components } from "~/api/schema";
import classes from "./linked.module.css";

/** An id that leads to its page, where it has one. */
export function Linked({ link }: { link: components["schemas"]["SubjectLink"] }) {
  if (link.kind === "session") {
    return (
      <Link to="/sessions/$id" params={{ id: link.id }} className={classes.link}>
        {link.id}
      </Link>
    );
  }
  if (link.kind === "user") {
    return (
      <Link to="/inspector/users/$id" params={{ id: link.id }} className={classes.link}>
        {link.id}
      </Link>
    );
  }
  if (link.kind === "setting") {
    return (
      <Link to="/settings" hash={link.id} className={classes.link}>
        {link.id}
      </Link>
    );
  }
  return <code className={classes.code}>{link.id}</code>;
}
