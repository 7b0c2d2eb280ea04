/** The text of one call of the admin API in other languages, quoted so that it can be pasted. */
import { stringifySearch } from "~/search";

export interface Shown {
  method: string;
  path: string;
  query?: Record<string, unknown>;
  body?: unknown;
}

export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export function asCurl(base: string, { method, path, query, body }: Shown): string {
  const lines = [
    `curl ${method === "GET" ? "" : `-X ${method} `}${shellQuoted(base + path + stringifySearch(query ?? {}))}`,
    '  -H "Authorization: Bearer $SOJOURN_SECRET_KEY"',
  ];
  if (body !== undefined)
    lines.push("  -H 'Content-Type: application/json'", `  -d ${shellQuoted(JSON.stringify(body))}`);
  return lines.join(" \\\n");
}

function asPythonValue(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(asPythonValue).join(", ")}]`;
  if (typeof value === "object") {
    const pairs = Object.entries(value).filter(([, each]) => each !== undefined);
    return `{${pairs.map(([name, each]) => `${JSON.stringify(name)}: ${asPythonValue(each)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

export function asPython(base: string, { method, path, query, body }: Shown): string {
  const given = Object.fromEntries(
    Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== ""),
  );
  const words = [
    JSON.stringify(base + path),
    ...(Object.keys(given).length > 0 ? [`params=${asPythonValue(given)}`] : []),
    ...(body === undefined ? [] : [`json=${asPythonValue(body)}`]),
    'headers={"Authorization": f"Bearer {os.environ[\'SOJOURN_SECRET_KEY\']}"}',
  ];
  const call = `httpx.${method.toLowerCase()}(\n    ${words.join(",\n    ")},\n)`;
  return `import os\n\nimport httpx\n\nanswer = ${call}\nprint(answer.raise_for_status().json())`;
}
