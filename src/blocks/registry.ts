// The block types that a server knows from the start.
import type { BlockTypeDefinition } from "./block-type.ts";
import { dockerContainer, dockerRegistry } from "./containers.ts";
import { gitlabCredentials, gitlabRepository } from "./gitlab.ts";
import { kubernetesClusterConfig, kubernetesJob } from "./kubernetes.ts";
import { localFileSystem } from "./local-file-system.ts";
import {
  customWebhook,
  email,
  mattermostWebhook,
  opsgenieWebhook,
  pagerDutyWebhook,
  slackWebhook,
  teamsWebhook,
  twilioSms,
} from "./notifications.ts";
import { process } from "./process.ts";
import { azure, gcs, github, remoteFileSystem, s3, smb } from "./remote-storage.ts";
import { dateTime, json, secret, string, webhook } from "./values.ts";

export const BLOCK_TYPES: readonly BlockTypeDefinition[] = [
  ...[webhook, json, dateTime, secret, localFileSystem, process],
  ...[string, dockerContainer, dockerRegistry, kubernetesJob, kubernetesClusterConfig],
  ...[s3, gcs, azure, smb, github, remoteFileSystem],
  ...[gitlabCredentials, gitlabRepository],
  ...[slackWebhook, teamsWebhook, mattermostWebhook, opsgenieWebhook, pagerDutyWebhook, twilioSms],
  ...[email, customWebhook],
];
