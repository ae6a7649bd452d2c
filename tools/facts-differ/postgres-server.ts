import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** A server of PostgreSQL of one's own, in a folder that goes with it. */
export interface PostgresServer {
  /** the socket that it listens on, and nowhere else */
  readonly socketPath: string;
  readonly stop: () => Promise<void>;
}

/** The environment with the folders to which Debian's packages install servers. */
export function withServers(): NodeJS.ProcessEnv {
  const all = "/usr/lib/postgresql";
  const versions = existsSync(all)
    ? readdirSync(all).map((version) => join(all, version, "bin"))
    : [];
  return { ...process.env, PATH: [process.env["PATH"], ...versions].join(delimiter) };
}

/** Who may run PostgreSQL: not root, so the user that its package makes. */
function owner(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"]).toString());
  return { uid: id("-u"), gid: id("-g") };
}

/** Starts `postgres` on a socket in a new folder; it takes sessions a little later. */
export function startPostgres(postgres: string): PostgresServer {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-differ-"));
  const programs = dirname(realpathSync(postgres));
  const as = owner();
  if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid);
  const data = join(folder, "data");
  const options = { ...as, cwd: folder, stdio: "ignore" } as const;
  const making = ["-D", data, "-A", "trust", "-U", "postgres", "--no-sync"];
  execFileSync(join(programs, "initdb"), making, options);
  const flags = ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"];
  const server = spawn(join(programs, "postgres"), flags, options);
  const socketPath = join(folder, ".s.PGSQL.5432");
  return {
    socketPath,
    stop: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGINT");
      if (server.exitCode === null) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
