// Makes HTML of Markdown, and takes out of it what a stranger's text may not bring.
import DOMPurify from "dompurify";
import { marked } from "marked";

const RULES = {
  // Styles and forms are refused by the page's policy anyway; named here, they are not even tried.
  FORBID_TAGS: ["style", "form", "input", "button", "textarea", "select", "iframe", "svg", "math"],
  FORBID_ATTR: ["style", "id", "name", "class", "srcset", "background", "poster"],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|data:image\/|#|\/)/i,
};

export function markdownHtml(text: string): string {
  const clean = DOMPurify.sanitize(marked.parse(text, { async: false, gfm: true }), RULES);
  // In a document that is not shown nothing is loaded.
  const { body: box } = new DOMParser().parseFromString(clean, "text/html");
  for (const link of box.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  // Nothing is asked of other hosts: an image of theirs becomes a link to it.
  for (const image of box.querySelectorAll("img")) {
    if (image.getAttribute("src")?.startsWith("data:")) continue;
    const link = box.ownerDocument.createElement("a");
    link.href = image.getAttribute("src") ?? "";
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.textContent = image.alt || link.href;
    image.replaceWith(link);
  }
  return box.innerHTML;
}
