/** One place a notice goes. Two targets with the same `destination` are one physical place and are merged. */
export type Target =
  | {
      channel: 'slack';
      /** `slack:#cryptofunk-alerts`, or `slack:webhook` when only an incoming webhook is configured. */
      destination: string;
      /** Channel name with `#`, a channel id, or empty for the webhook's own channel. */
      to: string;
      /** Slack mentions to interrupt with: `<!channel>`, `<@U…>`, `<!subteam^S…>`, or a plain `@name`. */
      mentions: string[];
    }
  | { channel: 'email'; destination: 'email'; to: string[] };
