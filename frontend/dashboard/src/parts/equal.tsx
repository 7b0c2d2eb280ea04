import { ActionIcon, Code, CopyButton, Tabs, Text, Tooltip } from "@mantine/core";
import Check from "lucide-react/icons/check";
import Copy from "lucide-react/icons/copy";
import { useMe } from "~/api/me";
import { en } from "~/texts/en";
import classes from "./equal.module.css";
import { asCurl, asPython, type Shown } from "./equal_texts";

interface EqualProps extends Shown {
  /** Omitted where the command line has no command for it. */
  command?: string;
}

/** What the page shows or does, as a command, as curl and as Python: the page can do nothing that the API cannot. */
export function Equal({ command, ...shown }: EqualProps) {
  const base = useMe().dashboard_url.replace(/\/$/, "");
  const texts: [name: "command" | "curl" | "python", text: string][] = [
    ["curl", asCurl(base, shown)],
    ["python", asPython(base, shown)],
  ];
  if (command) texts.unshift(["command", command]);
  return (
    <section aria-label={en.equal.label} className={classes.panel}>
      <Tabs defaultValue={texts[0]?.[0]} keepMounted={false} variant="default">
        <Tabs.List>
          {texts.map(([name]) => (
            <Tabs.Tab key={name} value={name} size="xs">
              {en.equal[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {texts.map(([name, text]) => (
          <Tabs.Panel key={name} value={name} className={classes.text}>
            <Code block tabIndex={0} role="region" aria-label={en.equal[name]}>
              {text}
            </Code>
            <CopyButton value={text}>
              {({ copied, copy }) => (
                <Tooltip label={copied ? en.equal.copied : en.equal.copy}>
                  <ActionIcon variant="default" className={classes.copy} onClick={copy} aria-label={en.equal.copy}>
                    {copied ? <Check size={15} /> : <Copy size={15} />}
                  </ActionIcon>
                </Tooltip>
              )}
            </CopyButton>
            {name !== "command" && (
              <Text size="xs" c="dimmed" mt={6}>
                {en.equal.hint}
              </Text>
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
    </section>
  );
}
