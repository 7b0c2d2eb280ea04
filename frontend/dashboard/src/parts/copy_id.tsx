import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import Check from "lucide-react/icons/check";
import Copy from "lucide-react/icons/copy";
import { en } from "~/texts/en";
import classes from "./copy_id.module.css";

/** An ID in full, with a button that copies it. */
export function CopyId({ id }: { id: string }) {
  return (
    <span className={classes.id}>
      <code>{id}</code>
      <CopyButton value={id}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? en.equal.copied : en.equal.copy}>
            <ActionIcon variant="subtle" color="gray" size="sm" onClick={copy} aria-label={`${en.equal.copy} ${id}`}>
              {copied ? <Check size={14} /> : <Copy size={14} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </span>
  );
}
