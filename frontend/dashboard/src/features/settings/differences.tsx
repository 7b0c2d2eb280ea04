import { Table } from "@mantine/core";
import { Scrolling } from "~/parts/scrolling";
import { en } from "~/texts/en";
import classes from "./differences.module.css";
import type { Difference, Setting } from "./queries";
import { valueText } from "./value_text";

const words = en.settings;

interface DifferencesProps {
  label: string;
  differences: Difference[];
  settings?: Setting[];
}

/** Each setting with the value before and after. */
export function Differences({ label, differences, settings }: DifferencesProps) {
  return (
    <Scrolling label={label}>
      <Table verticalSpacing={6} className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.setting}</Table.Th>
            <Table.Th>{words.before}</Table.Th>
            <Table.Th>{words.after}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {differences.map(({ path, before, after }) => {
            const setting = settings?.find((each) => each.path === path);
            return (
              <Table.Tr key={path}>
                <Table.Td>
                  <code className="breaking">{path}</code>
                </Table.Td>
                <Table.Td>
                  <del>{valueText(before, setting)}</del>
                </Table.Td>
                <Table.Td>
                  <ins>{valueText(after, setting)}</ins>
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Scrolling>
  );
}
