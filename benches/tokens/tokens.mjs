// Four UTF-16 units count as one token here. What do byte pair tokenizers count?
//
//     npm install --ignore-scripts && node tokens.mjs
//
// Both packages carry their vocabulary; nothing is downloaded when this runs. Neither is the tokenizer of
// today's Claude models, which is not published: the one is OpenAI's newest, the other that of Claude 2.

import { readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { getTokenizer } from "@anthropic-ai/tokenizer";
import { countTokens as openai } from "gpt-tokenizer/encoding/o200k_base";

const here = dirname(fileURLToPath(import.meta.url));
const top = join(here, "../..");

function files(folder, wanted) {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return files(path, wanted);
      return wanted(path) ? [path] : [];
    });
}

const text = (paths) => paths.map((path) => readFileSync(path, "utf8")).join("\n");
const logs = files(join(top, "tests/it/compose/snapshots"), (path) => /_(log|digest)\.snap$/.test(path));

const samples = {
  "English prose": text([join(top, "ARCHITECTURE.md"), ...files(join(top, "docs"), (p) => p.endsWith(".md"))]),
  "code (Rust)": text(files(join(top, "src/session"), (p) => p.endsWith(".rs"))),
  "Chinese, Japanese, Korean": text([join(here, "cjk.txt")]),
  "resume logs": text(logs.filter((p) => !p.includes("chinese"))),
  "resume logs, Chinese": text(logs.filter((p) => p.includes("chinese"))),
};

const tokenizer = getTokenizer();
const claude = (part) => tokenizer.encode(part.normalize("NFKC"), "all").length;

// A few thousand units at a time, cut at line ends: the older tokenizer is slow on long texts.
function count(tokens, whole) {
  let [sum, part] = [0, ""];
  for (const line of whole.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    part += line;
    if (part.length > 4000) [sum, part] = [sum + tokens(part), ""];
  }
  return sum + (part ? tokens(part) : 0);
}

console.log("| text | units | units / 4 | o200k_base | units a token | Claude 2 | units a token |");
console.log("|---|---|---|---|---|---|---|");
for (const [name, whole] of Object.entries(samples)) {
  const units = whole.length;
  const [a, b] = [count(openai, whole), count(claude, whole)];
  console.log(
    `| ${name} | ${units} | ${Math.round(units / 4)} | ${a} | ${(units / a).toFixed(2)} | ${b} | ${(units / b).toFixed(2)} |`,
  );
}
