import { Stack, Table, Text, Title } from "@mantine/core";
import type { components } from "~/api/schema";
import { Scrolling } from "~/parts/scrolling";
import { en } from "~/texts/en";

const words = en.inspector;

/** Each cookie with its attributes and the reason of each; never its value. */
export function Cookies({ cookies }: { cookies: components["schemas"]["Cookie"][] }) {
  return (
    <Stack gap="lg">
      {cookies.map((cookie) => (
        <div key={cookie.name}>
          <Title order={3} size="h4">
            <code className="breaking">{cookie.name}</code>
          </Title>
          <Text size="sm">{cookie.meaning}</Text>
          <Text size="sm" c="dimmed" mb={4}>
            {words.readBy} {cookie.read_by}
          </Text>
          {cookie.attributes.length > 0 && (
            <Scrolling label={cookie.name}>
              <Table verticalSpacing={4}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{words.attributes.name}</Table.Th>
                    <Table.Th>{words.attributes.value}</Table.Th>
                    <Table.Th>{words.attributes.why}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {cookie.attributes.map((attribute) => (
                    <Table.Tr key={attribute.name}>
                      <Table.Td>
                        <code>{attribute.name}</code>
                      </Table.Td>
                      <Table.Td>
                        <code className="breaking">{attribute.value}</code>
                      </Table.Td>
                      <Table.Td>
                        {attribute.why} {!attribute.expected && <strong>({words.unexpected})</strong>}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Scrolling>
          )}
        </div>
      ))}
    </Stack>
  );
}
