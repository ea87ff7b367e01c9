/** Configuration for alertmanager.yml, so that a real Alertmanager sends its webhooks here. */
export function alertmanagerSnippet(port: number, token: string): string {
  return `route:
  receiver: first-responder
  group_by: [alertname]
  routes:
    # The sign of life must come more often than the interval in runbooks/heartbeat.yaml.
    - receiver: first-responder
      matchers: [alertname="Watchdog"]
      group_interval: 1m
      repeat_interval: 2m
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
