// Says in a sentence what each field of the block types that a server knows from the start is for.

const URL_OF_HOOK = { url: "The address that the service gave you. It holds a key." };
const NOTIFY_TYPE = { notify_type: "How the message is marked." };

const JOB = {
  env: "Variables of the run's environment.",
  labels: "Labels of the process, container or job.",
  name: "Its name; the flow run's where there is none.",
  command: "The command that starts the run, as in a shell; the engine of the flow's language where there is none.",
  stream_output: "Show what the run prints in the agent's output.",
};

const BUCKET_PATH = "The bucket, and a folder in it: bucket/folder.";
const REFERENCE = "A branch, a tag or a commit; the usual branch where there is none.";

const NOTES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  webhook: {
    url: "The address to call. It may hold a key.",
    method: "The method of the call.",
    headers: "Headers of the call.",
  },
  json: { value: "Any JSON; what is not JSON is text." },
  string: { value: "The text." },
  secret: { value: "The text to keep secret." },
  "date-time": { value: "A moment such as 2026-01-31T12:00:00Z; without a zone it is UTC." },
  "local-file-system": { basepath: "The folder; the working folder where there is none." },
  process: { ...JOB, working_dir: "Where the run works; a folder for each run where there is none." },
  "docker-container": {
    ...JOB,
    image: "The image.",
    image_pull_policy: "When the image is pulled.",
    image_registry: "Where the image is pulled from.",
    networks: "Networks of the container.",
    network_mode: "Such as host or bridge.",
    auto_remove: "Remove the container at its end.",
    volumes: "Such as /data:/data.",
    memswap_limit: "Memory with swap, as Docker takes it: 1g.",
    mem_limit: "Memory, as Docker takes it: 512m.",
    privileged: "Give the container all rights.",
  },
  "docker-registry": {
    username: "Who logs in.",
    password: "The password or token.",
    registry_url: "Such as https://registry.example.com.",
    reauth: "Log in again for each run.",
  },
  "kubernetes-job": {
    ...JOB,
    image: "The image.",
    namespace: "The namespace of the job.",
    service_account_name: "The service account of the job.",
    image_pull_policy: "When the image is pulled.",
    cluster_config: "The cluster; that of the machine where there is none.",
    job: "The manifest that the job is made from.",
    customizations: "JSON patches of the manifest.",
    job_watch_timeout_seconds: "Seconds until a job that goes on is no longer watched.",
    pod_watch_timeout_seconds: "Seconds until the pod must have started.",
    finished_job_ttl: "Seconds until a finished job is removed.",
  },
  "kubernetes-cluster-config": {
    config: "A kubeconfig, as JSON or YAML: @~/.kube/config reads yours.",
    context_name: "The context of the kubeconfig to use.",
  },
  s3: {
    bucket_path: BUCKET_PATH,
    aws_access_key_id: "Without keys, those of AWS's own settings are used.",
    aws_secret_access_key: "The key that belongs to it.",
  },
  gcs: {
    bucket_path: BUCKET_PATH,
    service_account_info: "The key file of a service account, as text; else Google's own settings are used.",
    project: "The project that requests are counted to.",
  },
  azure: {
    bucket_path: "The container, and a folder in it: container/folder.",
    azure_storage_connection_string: "Holds all that is needed; else give the account.",
    azure_storage_account_name: "The storage account.",
    azure_storage_account_key: "A key of the account.",
    azure_storage_tenant_id: "Of a service principal.",
    azure_storage_client_id: "Of a service principal.",
    azure_storage_client_secret: "Of a service principal.",
    azure_storage_anon: "Without any of these: true asks without a login, false with that of this machine.",
  },
  smb: {
    share_path: "The share, and a folder in it: share/folder.",
    smb_username: "The user; DOMAIN\\user in a domain.",
    smb_password: "The user's password.",
    smb_host: "The server's name or address.",
    smb_port: "The server's port; 445 where there is none.",
  },
  github: {
    repository: "The address to clone, such as https://github.com/org/flows.",
    reference: REFERENCE,
    access_token: "For a private repository at an https:// address.",
    include_git_objects: "Copy the .git folder too.",
  },
  "gitlab-credentials": {
    token: "A token that may read the repository.",
    url: "Of a GitLab that you host.",
  },
  "gitlab-repository": {
    repository: "The address to clone, such as https://gitlab.com/org/flows.",
    reference: REFERENCE,
    credentials: "For a private repository.",
  },
  "remote-file-system": {
    basepath: "Such as s3://bucket/folder, gs://…, az://…, smb://…, sftp://… or https://….",
    settings: "What the place needs: settings.key=… sets one; or all as JSON.",
  },
  "slack-webhook": { ...NOTIFY_TYPE, ...URL_OF_HOOK },
  "ms-teams-webhook": { ...NOTIFY_TYPE, ...URL_OF_HOOK },
  "mattermost-webhook": {
    ...NOTIFY_TYPE,
    hostname: "The server's name.",
    token: "The token of the incoming webhook.",
    botname: "The name that the message is from.",
    channels: "The channels; the webhook's own where there is none.",
    include_image: "Show an image next to the message.",
    path: "A path before the server's own.",
    port: "The server's port.",
  },
  "opsgenie-webhook": {
    ...NOTIFY_TYPE,
    apikey: "The key of an API integration.",
    target_user: "Users to alert.",
    target_team: "Teams to alert.",
    target_schedule: "Schedules to alert.",
    target_escalation: "Escalations to alert.",
    region_name: "The region of your account.",
    batch: "Send one message for all targets.",
    tags: "Tags of the alert.",
    priority: "From 1 to 5.",
    alias: "The alert's alias.",
    entity: "What the alert is about.",
    details: "More about the alert.",
  },
  "pager-duty-webhook": {
    ...NOTIFY_TYPE,
    integration_key: "The key of an Events API v2 integration.",
    api_key: "A key of the account.",
    source: "Where the event is from.",
    component: "What of the source the event is about.",
    group: "The group of the source.",
    class_id: "The kind of the event.",
    region_name: "The region of your account.",
    clickable_url: "A link shown with the event.",
    include_image: "Show an image with the event.",
    custom_details: "More about the event.",
  },
  "twilio-sms": {
    ...NOTIFY_TYPE,
    account_sid: "The account's SID.",
    auth_token: "The account's token.",
    from_phone_number: "The number that the message is from.",
    to_phone_numbers: "The numbers that it goes to.",
  },
  email: {
    smtp_server: "The server that takes the mail.",
    smtp_type: "How the connection is kept private.",
    smtp_port: "The server's port; the usual one of the type where there is none.",
    username: "Who logs in.",
    password: "The password of the user.",
    verify: "Refuse a server whose certificate is not trusted.",
    email_from: "The address that the mail is from; the user's where there is none.",
    email_to: "The addresses that it goes to.",
  },
  "custom-webhook": {
    name: "A name for people.",
    url: "The address to call. It may hold a key.",
    method: "The method of the call.",
    params: "What is added to the address after '?'.",
    json_data: "The body, as JSON; {{subject}} and {{body}} are replaced by the message.",
    form_data: "The body, as a form.",
    headers: "Headers of the call.",
    cookies: "Cookies of the call.",
    secrets: "Values that replace {{name}} in the other fields.",
  },
};

/** Undefined for types and fields that others have registered. */
export function fieldNote(slug: string, field: string): string | undefined {
  const notes = Object.hasOwn(NOTES, slug) ? NOTES[slug] : undefined;
  return notes && Object.hasOwn(notes, field) ? notes[field] : undefined;
}
