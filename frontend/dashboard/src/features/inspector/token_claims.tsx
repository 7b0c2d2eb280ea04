import { Progress, Stack, Table, Text } from "@mantine/core";
import type { components } from "~/api/schema";
import { numberText } from "~/parts/format";
import { Moment } from "~/parts/moment";
import { Scrolling } from "~/parts/scrolling";
import { StateMark } from "~/parts/state_mark";
import { en } from "~/texts/en";
import { Linked } from "./linked";

const words = en.inspector;

export function TokenClaims({ token }: { token: components["schemas"]["Token"] }) {
  const size = words.tokenSize(numberText(token.bytes), numberText(token.largest));
  return (
    <Stack gap="sm">
      <StateMark tone={token.is_genuine ? "good" : "bad"}>
        {token.is_genuine ? words.genuine : words.notGenuine}
      </StateMark>
      <Text size="sm" c="dimmed">
        {[size, token.algorithm, token.key_id && `${words.key} ${token.key_id}`].filter(Boolean).join(" · ")}
      </Text>
      <Progress
        value={Math.min(100, (100 * token.bytes) / token.largest)}
        color={token.bytes > token.largest ? "red" : "pine"}
        aria-label={size}
        size="sm"
      />
      <Scrolling label={words.claims.name}>
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.claims.name}</Table.Th>
              <Table.Th>{words.claims.value}</Table.Th>
              <Table.Th>{words.claims.meaning}</Table.Th>
              <Table.Th>{words.claims.source}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {token.claims.map((claim) => (
              <Table.Tr key={claim.name}>
                <Table.Td>
                  <code>{claim.name}</code>
                </Table.Td>
                <Table.Td maw={280}>
                  <code className="breaking">
                    {typeof claim.value === "string" ? claim.value : JSON.stringify(claim.value)}
                  </code>
                  {claim.at !== null && (
                    <Text size="xs" c="dimmed">
                      <Moment at={claim.at} exact />
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>{claim.meaning}</Table.Td>
                <Table.Td>
                  {claim.source} {claim.link && claim.source !== claim.link.id && <Linked link={claim.link} />}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scrolling>
    </Stack>
  );
}
