/** Index pages as servers make them: Apache 2.4's fancy index, nginx's autoindex, and a plain list. */

/** A page of a folder (its path, ending in a slash) with these names in it; those of folders end in a slash. */
type Page = (folder: string, names: readonly string[]) => string;

function href(name: string): string {
  return encodeURI(name).replace(/[?#]/g, encodeURIComponent).replaceAll("&", "&amp;");
}

function shown(name: string): string {
  const short = name.length > 23 ? `${name.slice(0, 20)}..>` : name;
  return short.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function apache(folder: string, names: readonly string[]): string {
  const rows = names.map(
    (name) =>
      `<tr><td valign="top"><a href="${href(name)}"><img src="/icons/compressed.gif" alt="[   ]"></a></td>` +
      `<td><a href="${href(name)}">${shown(name)}</a></td><td align="right">2024-05-01 10:00  </td>` +
      `<td align="right">1.2K</td><td>&nbsp;</td></tr>`,
  );
  const sort = ["N;O=D", "M;O=A", "S;O=A", "D;O=A"].map((by) => `<th><a href="?C=${by}">Sort</a></th>`);
  return `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<html>
 <head>
  <title>Index of /${folder}</title>
 </head>
 <body>
<h1>Index of /${folder}</h1>
  <table>
   <tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th>${sort.join("")}</tr>
   <tr><th colspan="5"><hr></th></tr>
<tr><td valign="top"><img src="/icons/back.gif" alt="[PARENTDIR]"></td><td><a href="/${href(parent(folder))}">Parent Directory</a></td></tr>
${rows.join("\n")}
   <tr><th colspan="5"><hr></th></tr>
</table>
<address>Apache/2.4.57 (Unix) Server at example.org Port 443</address>
</body></html>
`;
}

function nginx(folder: string, names: readonly string[]): string {
  const rows = names.map((name) => `<a href="${href(name)}">${shown(name)}</a>   01-May-2024 10:00     1234`);
  return `<html>\r
<head><title>Index of /${folder}</title></head>\r
<body>\r
<h1>Index of /${folder}</h1><hr><pre><a href="../">../</a>\r
${rows.join("\r\n")}\r
</pre><hr></body>\r
</html>\r
`;
}

/** As somebody's script writes it: paths from the server's root, other links around, comments, odd quotes. */
function plain(folder: string, names: readonly string[]): string {
  const items = names.map((name, index) => {
    const quote = index % 2 === 0 ? "'" : '"';
    return `<LI class=file><A title="a > b" HREF = ${quote} /${href(folder)}${href(name)} ${quote} >${shown(name)}</A>`;
  });
  return `<html><head><script>var row = '<a href="script.gz">';</script></head>
<body><a href="https://elsewhere.example/${folder}foreign.gz">mirror</a> <a href="mailto:somebody@example.org">mail</a>
<!-- <a href="comment.gz">old</a> --><a name=top><ul>
${items.join("\n")}
</ul><a href="#top">top</a> <a href="/">home</a></body></html>`;
}

function parent(folder: string): string {
  return folder.replace(/[^/]*\/$/, "");
}

export const PAGES: Readonly<Record<"apache" | "nginx" | "plain", Page>> = { apache, nginx, plain };
