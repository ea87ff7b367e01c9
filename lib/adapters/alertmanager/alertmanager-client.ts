import axios, { type AxiosInstance } from 'axios';

/** A client for Alertmanager's API v2 that reads at most so many bytes of an answer and goes nowhere else. */
export function createAlertmanagerClient(maxContentLength: number): AxiosInstance {
  return axios.create({
    maxRedirects: 0,
    maxContentLength,
    proxy: false,
    responseType: 'json',
    headers: { accept: 'application/json' },
  });
}
