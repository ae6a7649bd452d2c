// Replaces a folder as another user, or kills this process before the change of the file system whose number it is told.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { KILLED_AT: killedAt, AS_USER: user } = process.env;
let changes = 0;
for (const name of ["chmodSync", "mkdirSync", "renameSync", "rmSync", "writeFileSync"]) {
  const real = fs[name];
  fs[name] = (...args) => {
    changes += 1;
    if (changes === Number(killedAt)) process.kill(process.pid, "SIGKILL");
    return real(...args);
  };
}
syncBuiltinESMExports();

const { replaceFolder } = await import("../dist/folder-replacement.js");
// Only now: this user may have no way to the program.
if (user !== undefined) process.setuid(Number(user));
const [folder, ...names] = process.argv.slice(2);
const files = names.map((name) => ({ path: `${folder}/${name}`, text: `text of ${name}\n` }));
try {
  replaceFolder(folder, files);
} catch (error) {
  process.stdout.write(error.message);
}
