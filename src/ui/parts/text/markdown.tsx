// Shows Markdown of users, sanitised: no script, no style, nothing of other hosts. Its libraries are loaded with the first one.
import { useEffect, useState } from "preact/hooks";
import { Skeleton } from "../lists/skeleton.tsx";

export function Markdown({ text }: { text: string }) {
  const [html, setHtml] = useState<string>();
  useEffect(() => {
    let isShown = true;
    import("./markdown-html.ts").then(({ markdownHtml }) => {
      if (isShown) setHtml(markdownHtml(text));
    });
    return () => {
      isShown = false;
    };
  }, [text]);
  if (html === undefined) return <Skeleton rows={3} />;
  return <div class="markdown" dangerouslySetInnerHTML={{ __html: html }} />;
}
