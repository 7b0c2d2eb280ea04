import {
  Button,
  Collapse,
  Group,
  MultiSelect,
  Pill,
  SegmentedControl,
  Select,
  SimpleGrid,
  TextInput,
} from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import ListFilter from "lucide-react/icons/list-filter";
import Search from "lucide-react/icons/search";
import { useEffect, useState } from "react";
import { fromLocalInput, localInput, preciseText } from "~/parts/format";
import { en } from "~/texts/en";
import { defaultSort, marksOf, type SessionSearch, SORTS, type Sort, sortOf, TIMES, without } from "./filters";

interface FilterBarProps {
  search: SessionSearch;
  onChange: (search: SessionSearch) => void;
}

const words = en.sessions.filters;

export function FilterBar({ search, onChange }: FilterBarProps) {
  const [opened, { toggle }] = useDisclosure(false);
  const set = (changes: SessionSearch) => onChange({ ...search, ...changes });
  const marks = marksOf(search);
  return (
    <section aria-label={words.label}>
      <Group gap="xs" mb="xs">
        <SegmentedControl
          aria-label={words.state}
          size="sm"
          transitionDuration={0}
          value={search.state ?? "active"}
          onChange={(state) => onChange(ofState(search, state === "ended"))}
          data={[
            { value: "active", label: en.sessions.states.active },
            { value: "ended", label: en.sessions.states.ended },
          ]}
        />
        <Typed
          label={words.person}
          placeholder={words.personPlaceholder}
          value={search.person}
          onChange={(person) => set({ person })}
          icon
          grow
        />
        <Select
          aria-label={en.sessions.sort}
          w={150}
          allowDeselect={false}
          value={sortOf(search)}
          data={SORTS.filter((sort) => sort !== "ended" || search.state === "ended").map((sort) => ({
            value: sort,
            label: en.sessions.sorts[sort],
          }))}
          onChange={(sort) => set({ sort: sort === defaultSort(search) ? undefined : (sort as Sort) })}
        />
        <Button
          variant="default"
          leftSection={<ListFilter size={16} aria-hidden />}
          onClick={toggle}
          aria-expanded={opened}
        >
          {words.more}
        </Button>
      </Group>
      <Collapse expanded={opened} transitionDuration={0}>
        {opened && <MoreFilters search={search} set={set} />}
      </Collapse>
      {marks.length > 0 && (
        <Group gap={6} mb="xs">
          {marks.map((mark) => (
            <Pill
              key={`${mark.name} ${mark.value}`}
              withRemoveButton
              onRemove={() => onChange(without(search, mark))}
              removeButtonProps={{ "aria-label": words.remove(markText(mark)), "aria-hidden": false, tabIndex: 0 }}
            >
              {markText(mark)}
            </Pill>
          ))}
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => onChange({ state: search.state, sort: search.sort })}
          >
            {words.clear}
          </Button>
        </Group>
      )}
    </section>
  );
}

function MoreFilters({ search, set }: { search: SessionSearch; set: (changes: SessionSearch) => void }) {
  const ended = search.state === "ended";
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} spacing="sm" mb="sm">
      {ended && (
        <MultiSelect
          label={words.cause}
          data={optionsOf(en.sessions.causes)}
          value={search.cause ?? []}
          onChange={(cause) => set({ cause })}
          clearable
        />
      )}
      <Select
        label={words.strategy}
        data={optionsOf(en.sessions.strategies)}
        value={search.strategy ?? null}
        onChange={(strategy) => set({ strategy: strategy ?? undefined })}
        clearable
      />
      <Typed
        label={words.device}
        placeholder={words.devicePlaceholder}
        value={search.device}
        onChange={(device) => set({ device })}
        shown
      />
      <Typed
        label={words.country}
        placeholder={words.countryPlaceholder}
        value={search.country}
        onChange={(country) => set({ country: country?.toUpperCase() })}
        shown
      />
      <Typed
        label={words.ip_prefix}
        placeholder={words.ipPlaceholder}
        value={search.ip_prefix}
        onChange={(ip_prefix) => set({ ip_prefix })}
        shown
      />
      <Typed
        label={words.user_id}
        placeholder="user_…"
        value={search.user_id}
        onChange={(user_id) => set({ user_id })}
        shown
      />
      {TIMES.filter((time) => time !== "ended" || ended).flatMap((time) =>
        (["after", "before"] as const).map((side) => {
          const name = `${time}_${side}` as const;
          return (
            <TextInput
              key={name}
              type="datetime-local"
              label={`${words.times[time]} ${words[side]}`}
              defaultValue={search[name] ? localInput(Number(search[name])) : ""}
              onBlur={(event) => set({ [name]: fromLocalInput(event.currentTarget.value)?.toString() })}
            />
          );
        }),
      )}
    </SimpleGrid>
  );
}

interface TypedProps {
  label: string;
  placeholder: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  icon?: boolean;
  grow?: boolean;
  /** The label is shown, not only read out. */
  shown?: boolean;
}

/** A text that is applied a moment after the last key. */
function Typed({ label, placeholder, value, onChange, icon, grow, shown }: TypedProps) {
  const [text, setText] = useState(value ?? "");
  const apply = useDebouncedCallback((next: string) => onChange(next.trim() || undefined), 300);
  useEffect(() => setText(value ?? ""), [value]);
  return (
    <TextInput
      label={shown ? label : undefined}
      aria-label={label}
      placeholder={placeholder}
      value={text}
      leftSection={icon ? <Search size={16} aria-hidden /> : undefined}
      flex={grow ? "1 1 14rem" : undefined}
      maxLength={254}
      onChange={(event) => {
        setText(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
    />
  );
}

/** The other state keeps the filters that it has, too. */
function ofState(
  { cause: _, batch_id: __, ended_after: ___, ended_before: ____, sort: _____, ...search }: SessionSearch,
  ended: boolean,
): SessionSearch {
  return { ...search, state: ended ? "ended" : undefined };
}

function optionsOf(names: Record<string, string>) {
  return Object.entries(names).map(([value, label]) => ({ value, label }));
}

export function markText({ name, value }: { name: keyof SessionSearch; value: string }): string {
  if (name === "cause") return en.sessions.causes[value] ?? value;
  if (name === "strategy") return en.sessions.strategies[value] ?? value;
  const [time, side] = name.split("_") as [string, string];
  if (side === "after" || side === "before") return `${words.times[time]} ${words[side]} ${preciseText(Number(value))}`;
  const named = {
    person: words.person,
    country: words.country,
    device: words.device,
    ip_prefix: words.ip_prefix,
    user_id: words.user_id,
    batch_id: words.batch_id,
  };
  return `${named[name as keyof typeof named]}: ${value}`;
}
