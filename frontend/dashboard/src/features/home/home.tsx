import { Card, SimpleGrid, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMe } from "~/api/me";
import { Equal } from "~/parts/equal";
import { Facts } from "~/parts/facts";
import { Page } from "~/parts/page";
import { sectionsFor } from "~/shell/sections";
import { en } from "~/texts/en";
import classes from "./home.module.css";

export function Home() {
  const me = useMe();
  const sections = sectionsFor(me);
  return (
    <Page title={me.application_name || en.pages.home} intro={en.home.intro}>
      <Stack gap="lg">
        {sections.length > 0 && (
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            {sections.map((section) => (
              <Link key={section.to} to={section.to} className={classes.card}>
                <section.icon size={20} aria-hidden />
                <span>
                  <span className={classes.name}>{en.pages[section.name]}</span>
                  <Text span size="sm" c="dimmed" display="block">
                    {en.home.sections[section.name]}
                  </Text>
                </span>
              </Link>
            ))}
          </SimpleGrid>
        )}
        <Card withBorder padding="md">
          <Facts
            facts={[
              [en.home.address, me.public_url],
              [en.home.environment, en.environment[me.environment] ?? me.environment],
              [en.home.version, me.version],
              [en.home.role, en.me.roles[me.role] ?? me.role],
            ]}
          />
        </Card>
        <Equal method="GET" path="/v1/admin/me" />
      </Stack>
    </Page>
  );
}
