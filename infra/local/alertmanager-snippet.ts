/** What to put into alertmanager.yml, so that a real Alertmanager delivers here. */
export function alertmanagerSnippet(port: number, token: string): string {
  return `route:
  receiver: first-responder
  group_by: [alertname]
receivers:
  - name: first-responder
    webhook_configs:
      - url: http://localhost:${port}/webhooks/alertmanager
        send_resolved: true
        http_config:
          authorization:
            credentials: ${token}
`;
}
