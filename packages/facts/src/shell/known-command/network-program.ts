import type { CommandEntries, CommandEntry } from "./command-entry.ts";

const help = "--help --version";

/** A program that reaches another machine and does there or here what the fact cannot show. */
const remote: CommandEntry = { network: true, opaque: "a program that acts on another machine" };

/** Programs that use the network. */
export const networkPrograms: CommandEntries = {
  curl: {
    options: `-0123464afgGIijkLlNqsSvV -A:text -b:run -c:write -C:text -d:data -D:write -e:text
      -E:read -F:run -H:data -K:run -m:text -o:write -O:here -p -P:text -Q:run -r:text -T:read
      -t:text -u:text -U:text -w:data -x:text -X:text -y:text -Y:text --append --anyauth
      --basic --cacert:read --capath:read --cert:read --cert-type:text --ciphers:text
      --compressed --connect-timeout:text --connect-to:text --cookie:run --cookie-jar:write
      --data:data --data-ascii:data --data-binary:data --data-raw:text --data-urlencode:run
      --digest --dump-header:write --fail --fail-with-body --get --head --header:data --http1.0
      --http1.1 --http2 --include --insecure --ipv4 --ipv6 --json:data --key:read
      --limit-rate:text --location --max-filesize:text --max-redirs:text --max-time:text
      --no-buffer --no-progress-meter --noproxy:text --output:write --post301 --post302 --post303
      --progress-bar --proxy:text --proxy-user:text --range:text --referer:text --request:text
      --resolve:text --retry:text --retry-delay:text --retry-max-time:text --show-error --silent
      --ssl --sslv2 --sslv3 --stderr:write --tlsv1 --tlsv1.2 --tlsv1.3 --tr-encoding --trace:write
      --trace-ascii:write --upload-file:read --url:text --user:text --user-agent:text --verbose
      --write-out:data ${help}`,
    operands: "text*",
    network: true,
    reader: "url",
  },
  wget: {
    options: `-bcdNqSvx46 -O:write -o:write -a:write -P:write -t:text -T:text -U:text -w:text
      --append-output:write --background --compression:text --content-disposition --continue
      --header:text --http-user:text --http-password:text --max-redirect:text --method:text
      --body-data:text --body-file:read --no-cache --no-check-certificate --no-clobber
      --no-directories --no-proxy --no-verbose --output-document:write --output-file:write
      --directory-prefix:write --post-data:text --post-file:read --quiet --referer:text
      --save-cookies:write --load-cookies:read --server-response --show-progress --spider
      --timeout:text --timestamping --tries:text --user:text --password:text --user-agent:text
      --verbose --wait:text ${help}`,
    operands: "text*",
    network: true,
    reader: "url",
    writesFolder: true,
  },
  ping: {
    options: "-46AbBDfhLnOqrRUvV -c:text -i:text -I:text -l:text -s:text -t:text -w:text -W:text",
    operands: "text*",
    network: true,
  },
  ping6: { options: "-nqv -c:text -i:text -w:text -W:text", operands: "text*", network: true },
  traceroute: { options: "-46dFInrTU -m:text -q:text -w:text", operands: "text*", network: true },
  dig: {
    options: "-46hmruv -b:text -c:text -f:read -k:read -p:text -q:text -t:text -x:text -y:text",
    operands: "text*",
    network: true,
  },
  host: {
    options: "-aCdlrsTUvw46 -c:text -N:text -R:text -t:text -W:text",
    operands: "text*",
    network: true,
  },
  nslookup: { reader: "text", operands: "text*", network: true },
  whois: { options: "-aBcdFHIKlLMrRSQx -h:text -p:text", operands: "text*", network: true },
  nc: remote,
  ncat: remote,
  netcat: remote,
  socat: remote,
  telnet: remote,
  ssh: remote,
  scp: remote,
  sftp: remote,
  ftp: remote,
  tftp: remote,
  rsync: remote,
  openssl: remote,
  docker: remote,
  kubectl: remote,
  aws: remote,
  gcloud: remote,
  mail: remote,
  sendmail: remote,
  npm: remote,
  npx: remote,
  pip: remote,
  pip3: remote,
};
