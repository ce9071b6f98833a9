import { Octokit } from "octokit";
import { flow, getRunLogger } from "orch";

const PAGES = [["a", "b"], ["c"]];

export const example = flow(async function example(owner: string = "ada") {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch({ url }): Response {
      const origin = new URL(url).origin;
      const page = Number(new URL(url).searchParams.get("page") ?? 1);
      const link = page === 1 ? `<${origin}/users/${owner}/repos?page=2>; rel="next"` : "";
      return Response.json(
        PAGES[page - 1]?.map((name) => ({ name })),
        { headers: { link } },
      );
    },
  });
  const octokit = new Octokit({ baseUrl: server.url.origin, auth: "token" });
  const repos = await octokit.paginate(octokit.rest.repos.listForUser, { username: owner });
  getRunLogger().info(`repositories ${repos.map(({ name }) => name).join(" ")}`);
  await server.stop(true);
});
