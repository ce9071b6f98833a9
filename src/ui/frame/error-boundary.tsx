// Catches what a page throws: the frame stays, and the reader gets a sentence and a way on.
import { Component, type ComponentChildren } from "preact";
import { Button } from "../parts/button.tsx";
import { Code } from "../parts/text/code.tsx";

export class ErrorBoundary extends Component<{ children: ComponentChildren }, { error?: unknown }> {
  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ error });
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div class="empty" role="alert">
        <h1>This page failed.</h1>
        <p class="quiet">The others still work. A reload tries this one again; what it said helps to report it.</p>
        <Code label="The error" text={error instanceof Error ? (error.stack ?? error.message) : String(error)} wraps />
        <Button onClick={() => location.reload()}>Reload</Button>
      </div>
    );
  }
}
